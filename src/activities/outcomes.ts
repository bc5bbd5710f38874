/** True outcomes, ready to be joined to the predictions that they are of in the window in which both are there at last. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Store, StoredObject } from '../aws/store.ts';
import type { CapturedRequest } from '../data/capture.ts';
import { readOutcome } from '../data/ground-truth.ts';
import type { OutcomeCounts } from '../data/monitoring.ts';
import { inWindow, LATE, untilSettled } from '../data/seconds.ts';
import { keys } from '../names.ts';
import type { Target } from './types.ts';

const EXAMPLES = 5;

export interface Outcomes {
  /** How many of the window wait for their prediction. */
  waiting(): number;
  /** Takes the outcomes of the predictions of a request that `object` delivered; each is given once. */
  join(request: CapturedRequest, object: StoredObject, found: (label: number, scores: readonly number[]) => void): void;
  counts(): OutcomeCounts;
}

/**
 * Reads the objects that came into S3 in (from, to], the oldest first: of two outcomes of one prediction the later counts.
 * Those that came shortly before wait for captures that only the window brought: no pass before could join them.
 */
export async function readOutcomes(
  store: Pick<Store, 'list' | 'getText'>,
  { model, target, from, to }: { model: string; target: Target; from: string; to: string },
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
  const earlier = new Map<string, number>();
  const labels = new Map<string, number>();
  const examples: string[] = [];
  let [arrived, unreadable] = [0, 0];
  for (const object of objects) {
    const fresh = isOfWindow(object);
    for (const [number, line] of (await store.getText(object.uri)).split('\n').entries()) {
      await breathe();
      if (line.trim() === '') continue;
      const outcome = readOutcome(line, target);
      const read = !('problem' in outcome);
      if (read) (fresh ? labels : earlier).set(outcome.eventId, outcome.label);
      if (!fresh) continue;
      if (read) arrived++;
      else if (unreadable++ < EXAMPLES) examples.push(`${object.uri} line ${number + 1}: ${outcome.problem}`);
    }
  }
  const repeated = arrived - labels.size;
  const take = (id: string, late: boolean): number | undefined => {
    const label = labels.get(id) ?? (late ? earlier.get(id) : undefined);
    labels.delete(id);
    earlier.delete(id);
    return label;
  };
  return {
    waiting: () => labels.size,
    join({ id, scores }, object, found) {
      const late = isOfWindow(object);
      for (const [index, one] of scores.entries()) {
        const label = take(`${id}/${index}`, late) ?? (scores.length === 1 ? take(id, late) : undefined);
        if (label !== undefined) found(label, one);
      }
    },
    counts: () => ({
      objects: objects.filter(isOfWindow).length,
      arrived,
      unreadable,
      examples,
      repeated,
      unmatched: labels.size,
    }),
  };
}
