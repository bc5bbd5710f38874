/** The story: train on winter, serve in spring, find what drifted, train again, take over. */

import { readApiKey } from '../src/aws/api.ts';
import { type Clients, createClients } from '../src/aws/clients.ts';
import { createStore, type Store } from '../src/aws/store.ts';
import { readConfig } from '../src/config.ts';
import { applyPlan, connect, type Operator, requestCycle, runMonitor, status } from '../src/operations/index.ts';
import { loadPlan } from '../src/plan/load.ts';
import type { ModelStatus, MonitorResult } from '../src/workflows/messages.ts';
import { type Watched, watchCycle } from './cycles.ts';
import { flightsBetween } from './flights.ts';
import { deliverOutcomes, untilCaptured } from './labels.ts';
import type { Narrator } from './narrator.ts';
import { type Answers, type Api, keepAsking, replay } from './traffic.ts';

const MODEL = 'flight-delays';
const PLAN = 'plans/flight-delays';
const BY = 'demo';
/** The end of March: the champion has seen February and half of March. */
const SPRING = '2001-04-01T00:00:00Z';
/** The end of May: the challenger may look back to April. */
const SUMMER = '2001-06-01T00:00:00Z';
const REPLAYED = 20_000;
/** Between two requests while the canary runs, in milliseconds. */
const PAUSE = 20;

export interface Story {
  readonly first: Watched;
  readonly second: Watched;
  readonly monitored: MonitorResult;
  readonly before: ModelStatus;
  readonly after: ModelStatus;
  readonly may: Answers;
  readonly duringRollout: Answers;
  readonly afterRollout: Answers;
  readonly seconds: number;
}

interface Scene {
  readonly say: Narrator;
  readonly signal: AbortSignal;
  readonly operator: Operator;
  readonly aws: Clients;
  readonly store: Store;
}

export async function tellStory(say: Narrator, signal: AbortSignal): Promise<Story> {
  const started = Date.now();
  const config = readConfig();
  const aws = createClients(config.region);
  const operator = await connect({ taskQueue: config.taskQueue });
  const scene: Scene = { say, signal, operator, aws, store: createStore(aws.s3, config.bucket) };
  try {
    await putPlanInForce(scene);
    const first = await trainTheFirst(scene);
    const before = await status(operator, { model: MODEL });
    const api = await predictionApi(scene, before);
    const may = await serveMay(scene, api);
    const monitored = await lookAtMay(scene);
    const { second, duringRollout, afterRollout } = await trainAgain(scene, api);
    const after = await status(operator, { model: MODEL });
    const seconds = (Date.now() - started) / 1000;
    return { first, second, monitored, before, after, may, duringRollout, afterRollout, seconds };
  } finally {
    await operator.close();
    for (const client of Object.values(aws)) client.destroy();
  }
}

async function putPlanInForce({ say, operator }: Scene): Promise<void> {
  say.title('Plan');
  const frozen = await loadPlan(PLAN);
  await applyPlan(operator, { frozen, by: BY });
  say.line(frozen.plan.objective);
  say.line(
    `${PLAN}/plan.yaml is in force (${frozen.hash.slice(0, 12)}), retraining by "${frozen.plan.retrain.schedule}"`,
  );
}

async function trainTheFirst({ say, signal, operator }: Scene): Promise<Watched> {
  say.title('Cycle 1: from the plan to an endpoint, looking back from 1 April 2001');
  await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY, reason: 'the first model', asOf: SPRING });
  return watchCycle(operator, { model: MODEL, cycle: 1, say, signal });
}

async function serveMay({ say, signal, store }: Scene, api: Api): Promise<Answers> {
  say.title('May: flights ask for predictions as they push back; their outcomes arrive late');
  const flights = await flightsBetween('2001-05-01', '2001-05-29', REPLAYED);
  const of = flights.length.toLocaleString('en');
  const may = await replay(api, flights, {
    batch: 100,
    parallel: 4,
    onProgress: (sent) => sent % 4_000 === 0 && say.live(`${sent.toLocaleString('en')} of ${of} flights predicted`),
  });
  say.line(`${may.requests} requests through API Gateway → Lambda → endpoint, ${may.failed.length} failed`);
  if (may.predicted.length === 0) throw new Error(`no request was answered: ${may.failed[0]}`);
  say.live('waiting until every request was captured');
  await untilCaptured(store, MODEL, may.requests - may.failed.length, signal);
  const outcomes = await deliverOutcomes(store, MODEL, may.predicted);
  say.line(`${outcomes.toLocaleString('en')} outcomes arrived in S3`);
  return may;
}

async function lookAtMay({ say, operator }: Scene): Promise<MonitorResult> {
  say.title('Monitor');
  say.live('looking at inputs, predictions and outcomes');
  const monitored = await runMonitor(operator, { model: MODEL, asOf: SUMMER, by: BY });
  const findings = monitored.report?.findings ?? [];
  for (const { severity, message } of findings) say.line(`${severity}: ${message}`);
  if (!findings.some(({ severity }) => severity === 'alarm'))
    throw new Error('the monitor found nothing to retrain for, so no second cycle starts');
  return monitored;
}

async function trainAgain({ say, signal, operator }: Scene, api: Api) {
  say.title('Cycle 2: started by that finding, looking back from 1 June 2001');
  const june = await flightsBetween('2001-06-01', '2001-06-08', 2_000);
  const asking = keepAsking(api, june, PAUSE);
  const second = await watchCycle(operator, {
    model: MODEL,
    cycle: 2,
    say,
    signal,
    onStage: (stage) => stage === 'deploy' && asking.start(),
  }).finally(() => asking.stop());
  const duringRollout = await asking.stop();
  const afterRollout = await replay(api, june.slice(0, 200), { batch: 10, parallel: 2 });
  return { second, duringRollout, afterRollout };
}

async function predictionApi({ aws }: Scene, { api }: ModelStatus): Promise<Api> {
  if (!api) throw new Error('the first cycle left no prediction API: see its outcome above');
  return { url: api.url, key: await readApiKey(aws, api.keyId) };
}
