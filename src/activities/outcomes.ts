/** True outcomes, ready to be joined to the predictions that they are of in the window in which both are there at last. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Store, StoredObject } from '../aws/store.ts';
import type { CapturedRequest } from '../data/capture.ts';
import { readOutcome } from '../data/ground-truth.ts';
import type { OutcomeCounts } from '../data/monitoring.ts';
import { inWindow, LATE, untilSettled } from '../data/seconds.ts';
import { keys } from '../names.ts';

export interface Outcomes {
  /** How many of the window wait for their prediction. */
  waiting(): number;
  /** Takes the outcomes of the predictions of a request that `object` delivered; each is given once. */
  join(request: CapturedRequest, object: StoredObject, found: (label: 0 | 1, probability: number) => void): void;
  counts(): OutcomeCounts;
}

/**
 * Reads the objects that came into S3 in (from, to], the oldest first: of two outcomes of one prediction the later counts.
 * Those that came shortly before wait for captures that only the window brought: no pass before could join them.
 */
export async function readOutcomes(
  store: Pick<Store, 'list' | 'getText'>,
  { model, from, to }: { model: string; from: string; to: string },
  breathe: () => Promise<void>,
  signal: AbortSignal,
): Promise<Outcomes> {
  await pause(untilSettled(to, Date.now()), undefined, { signal });
  const listed = await store.list(`${keys.groundTruth(model)}/`);
  const isOfWindow = ({ modified }: StoredObject) => inWindow(modified.getTime(), from, to);
  const since = new Date(Date.parse(from) - LATE).toISOString();
  const objects = listed
    .filter(({ key, modified }) => key.endsWith('.jsonl') && inWindow(modified.getTime(), since, to))
    .sort((a, b) => a.modified.getTime() - b.modified.getTime() || (a.key < b.key ? -1 : 1));
  const earlier = new Map<string, 0 | 1>();
  const labels = new Map<string, 0 | 1>();
  let [arrived, unreadable] = [0, 0];
  for (const object of objects) {
    const fresh = isOfWindow(object);
    for (const line of (await store.getText(object.uri)).split('\n')) {
      await breathe();
      if (line.trim() === '') continue;
      const outcome = readOutcome(line);
      if (outcome) (fresh ? labels : earlier).set(outcome.eventId, outcome.label);
      if (!fresh) continue;
      if (outcome) arrived++;
      else unreadable++;
    }
  }
  const repeated = arrived - labels.size;
  const take = (id: string, late: boolean): 0 | 1 | undefined => {
    const label = labels.get(id) ?? (late ? earlier.get(id) : undefined);
    labels.delete(id);
    earlier.delete(id);
    return label;
  };
  return {
    waiting: () => labels.size,
    join({ id, probabilities }, object, found) {
      const late = isOfWindow(object);
      for (const [index, probability] of probabilities.entries()) {
        const label = take(`${id}/${index}`, late) ?? (probabilities.length === 1 ? take(id, late) : undefined);
        if (label !== undefined) found(label, probability);
      }
    },
    counts: () => ({
      objects: objects.filter(isOfWindow).length,
      arrived,
      unreadable,
      repeated,
      unmatched: labels.size,
    }),
  };
}
