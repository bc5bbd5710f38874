/** What a variant answered in a step, and which of its answers can be held against what came true. */
import type { Store } from '../aws/store.ts';
import type { CapturedRequest } from '../data/capture.ts';
import type { Scores } from '../data/scores.ts';
import { jsonLine } from '../data/watched-inputs.ts';
import { captureObjects, readCaptures } from './captures.ts';
import { readOutcomes } from './outcomes.ts';
import type { Progress } from './progress.ts';
import type { Version } from './types.ts';

export interface Answered {
  readonly version: Version;
  /** Of the step, row by row. */
  readonly scores: Scores;
  readonly rows: number;
  /** Lines of the step's objects that hold no prediction. */
  readonly unreadable: number;
  /** Different inputs, as far as it matters. */
  readonly inputs: number;
  /** Of the step, evenly chosen of so many. */
  readonly requests: readonly CapturedRequest[];
  readonly asked: number;
  /** Since the rollout began: outcomes, and what was answered. */
  readonly labels: readonly number[];
  readonly told: Scores;
}

export interface Where {
  readonly model: string;
  readonly endpoint: string;
  readonly version: Version;
  readonly variant: string;
  readonly began: string;
  readonly since: string;
  readonly to: string;
}

const MOST_REQUESTS = 20_000;
export const MOST_INPUTS = 1_000;

/** One walk over the variant's captures since the rollout began. */
export async function answered(
  store: Store,
  { model, endpoint, version, variant, began, since, to }: Where,
  { signal }: Progress,
  breathe: () => Promise<void>,
): Promise<Answered> {
  const { facts } = version;
  const { target } = facts;
  const outcomes = await readOutcomes(store, { model, target, from: began, to }, breathe, signal);
  const [beginning, step] = [began, since].map((instant) => Math.floor(Date.parse(instant) / 1000) * 1000) as [
    number,
    number,
  ];
  const where = { model, endpoint, version: version.version, variant };
  const listed = await captureObjects(store, where, beginning, Date.parse(to));
  const [values, labels, told] = [[] as number[], [] as number[], [] as number[]];
  const requests = evenly<CapturedRequest>(MOST_REQUESTS);
  const inputs = new Set<string>();
  const delivered = (from: number, until: number) =>
    listed.filter(({ modified }) => modified.getTime() >= from && modified.getTime() < until);
  const read = (objects: typeof listed) =>
    readCaptures(store, { objects, target }, breathe, (request, object) => {
      if (request.at < beginning) return;
      outcomes.join(request, object, (label, scores) => {
        labels.push(label);
        told.push(...scores);
      });
      // A capture knows the second of its request only: that of the step's beginning may be of the step before.
      if (request.at < Date.parse(since)) return;
      requests.add(request);
      for (const scores of request.scores) values.push(...scores);
      for (const instance of request.instances) if (inputs.size < MOST_INPUTS) inputs.add(jsonLine(instance));
    });
  if (outcomes.waiting() > 0) await read(delivered(beginning, step));
  const { unreadable } = await read(delivered(step, Number.POSITIVE_INFINITY));
  const width = target.problem === 'multiclass' ? (target.classes ?? []).length : 1;
  return {
    ...{
      version,
      unreadable,
      labels,
      requests: requests.kept,
      asked: requests.given,
      inputs: inputs.size,
      rows: values.length / width,
    },
    scores: { ...facts, values },
    told: { ...facts, values: told },
  };
}

/** Keeps between half of `most` and `most` of what it is given, evenly over all of it. */
export function evenly<T>(most: number) {
  let [kept, every, given]: [T[], number, number] = [[], 1, 0];
  return {
    add(one: T): void {
      if (given++ % every === 0) kept.push(one);
      if (kept.length <= most) return;
      kept = kept.filter((_, at) => at % 2 === 0);
      every *= 2;
    },
    get kept(): readonly T[] {
      return kept;
    },
    get given(): number {
      return given;
    },
  };
}
