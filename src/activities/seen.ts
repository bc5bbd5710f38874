/** What a monitoring pass sees: the requests that came in its window, and the outcomes that can be told of predictions. */
import type { Store, StoredObject } from '../aws/store.ts';
import type { CapturedRequest } from '../data/capture.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { inWindow } from '../data/seconds.ts';
import { jsonLine } from '../data/watched-inputs.ts';
import { captureObjects, readCaptures } from './captures.ts';
import type { Activities } from './interface.ts';
import { readOutcomes } from './outcomes.ts';
import type { Progress } from './progress.ts';

type Input = Parameters<Activities['inspectModel']>[0];

export interface Seen {
  readonly captured: Omit<MonitorDetails['captured'], 'requests' | 'rows'>;
  readonly outcomes: MonitorDetails['quality']['outcomes'];
  requests: number;
  /** Why requests of the window were refused → how many. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Rows of the window that carried each field. */
  readonly fields: ReadonlyMap<string, number>;
  /** Of the window: what was asked, one JSON line an instance, and what was answered, the numbers of each row after another. */
  readonly instances: string[];
  readonly predictions: number[];
  /** Of predictions since the version began whose outcome arrived in the window: what came true, and the numbers of each row. */
  readonly labels: number[];
  readonly predicted: number[];
}

/** More names than these are not told apart: callers may send as many as they like. */
const MOST_NAMES = 10_000;

/**
 * One walk over the captures: those of the window for drift, and back to the version's beginning where outcomes wait. A
 * request is of the window that brought its capture: one that is delivered late is in the next window, not in none.
 */
export async function look(
  store: Store,
  { frozen, endpoint, champion, from, to, since = from }: Input,
  { say, signal }: Progress,
  breathe: () => Promise<void>,
): Promise<Seen> {
  const { model } = frozen.plan;
  const { target } = champion.facts;
  const outcomes = await readOutcomes(store, { model, target, from, to }, breathe, signal);
  const back =
    outcomes.waiting() > 0 ? Math.min(Date.parse(champion.registeredAt), Date.parse(from)) : Date.parse(from);
  const where = { model, endpoint, version: champion.version };
  const objects = await captureObjects(store, where, back, Date.parse(to));
  say(`reading ${objects.length} objects of captured requests`);
  const served = Math.min(Date.parse(since), Date.parse(from));
  const found = {
    requests: 0,
    refusals: new Map<string, number>(),
    fields: new Map<string, number>(),
    instances: [] as string[],
    predictions: [] as number[],
    labels: [] as number[],
    predicted: [] as number[],
  };
  // What the version was asked before it took over (smoke tests) is not what it is watched for.
  const isOfWindow = ({ at }: { at: number }, { modified }: StoredObject) =>
    at > served && inWindow(modified.getTime(), from, to);
  const take = (request: CapturedRequest, object: StoredObject) => {
    outcomes.join(request, object, (label, scores) => {
      found.labels.push(label);
      found.predicted.push(...scores);
    });
    if (!isOfWindow(request, object)) return;
    found.requests++;
    for (const instance of request.instances) {
      found.instances.push(jsonLine(instance));
      for (const field of Object.keys(instance)) count(found.fields, field);
    }
    for (const scores of request.scores) found.predictions.push(...scores);
  };
  let refused = 0;
  const captured = await readCaptures(store, { objects, target }, breathe, take, (request, object) => {
    if (!isOfWindow(request, object)) return;
    refused++;
    count(found.refusals, request.problem);
  });
  return { ...found, captured: { ...captured, refused }, outcomes: outcomes.counts() };
}

function count(counts: Map<string, number>, name: string): void {
  if (counts.has(name) || counts.size < MOST_NAMES) counts.set(name, (counts.get(name) ?? 0) + 1);
}
