/** What a monitoring pass sees: the requests that came in its window, and the outcomes that can be told of predictions. */
import type { Store } from '../aws/store.ts';
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
  /** Of the window: what was asked, one JSON line an instance, and what was answered, the numbers of each row after another. */
  readonly instances: string[];
  readonly predictions: number[];
  /** Of predictions since the version began whose outcome arrived in the window: what came true, and the numbers of each row. */
  readonly labels: number[];
  readonly predicted: number[];
}

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
    instances: [] as string[],
    predictions: [] as number[],
    labels: [] as number[],
    predicted: [] as number[],
  };
  const captured = await readCaptures(store, { objects, target }, breathe, (request, object) => {
    outcomes.join(request, object, (label, scores) => {
      found.labels.push(label);
      found.predicted.push(...scores);
    });
    // What the version was asked before it took over (smoke tests) is not what it is watched for.
    if (request.at <= served || !inWindow(object.modified.getTime(), from, to)) return;
    found.requests++;
    for (const instance of request.instances) found.instances.push(jsonLine(instance));
    for (const scores of request.scores) found.predictions.push(...scores);
  });
  return { ...found, captured, outcomes: outcomes.counts() };
}
