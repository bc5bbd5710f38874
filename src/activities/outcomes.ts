/** True outcomes that arrived in a window, ready to be joined to the predictions that they are of. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../aws/store.ts';
import type { CapturedRequest } from '../data/capture.ts';
import { readOutcome } from '../data/ground-truth.ts';
import type { OutcomeCounts } from '../data/monitoring.ts';
import { inWindow, untilSettled } from '../data/seconds.ts';
import { keys } from '../names.ts';

export interface Outcomes {
  /** How many wait for their prediction. */
  waiting(): number;
  /** Takes the outcomes of a request's predictions; each is given once. */
  join(request: CapturedRequest, found: (label: 0 | 1, probability: number) => void): void;
  counts(): OutcomeCounts;
}

/** Reads the objects that came into S3 in (from, to], the oldest first: of two outcomes of one prediction the later counts. */
export async function readOutcomes(
  store: Pick<Store, 'list' | 'getText'>,
  { model, from, to }: { model: string; from: string; to: string },
  breathe: () => Promise<void>,
  signal: AbortSignal,
): Promise<Outcomes> {
  await pause(untilSettled(to, Date.now()), undefined, { signal });
  const listed = await store.list(`${keys.groundTruth(model)}/`);
  const objects = listed
    .filter(({ key, modified }) => key.endsWith('.jsonl') && inWindow(modified.getTime(), from, to))
    .sort((a, b) => a.modified.getTime() - b.modified.getTime() || (a.key < b.key ? -1 : 1));
  const labels = new Map<string, 0 | 1>();
  let [arrived, unreadable] = [0, 0];
  for (const { uri } of objects)
    for (const line of (await store.getText(uri)).split('\n')) {
      await breathe();
      if (line.trim() === '') continue;
      const outcome = readOutcome(line);
      if (outcome) {
        arrived++;
        labels.set(outcome.eventId, outcome.label);
      } else unreadable++;
    }
  const repeated = arrived - labels.size;
  const take = (id: string): 0 | 1 | undefined => {
    const label = labels.get(id);
    labels.delete(id);
    return label;
  };
  return {
    waiting: () => labels.size,
    join({ id, probabilities }, found) {
      for (const [index, probability] of probabilities.entries()) {
        const label = take(`${id}/${index}`) ?? (probabilities.length === 1 ? take(id) : undefined);
        if (label !== undefined) found(label, probability);
      }
    },
    counts: () => ({ objects: objects.length, arrived, unreadable, repeated, unmatched: labels.size }),
  };
}
