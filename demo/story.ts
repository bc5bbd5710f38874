/** The story: train on winter, serve in spring, find what drifted, train again, take over. */

import { readApiKey } from '../src/aws/api.ts';
import { createClients } from '../src/aws/clients.ts';
import { createStore } from '../src/aws/store.ts';
import { readConfig } from '../src/config.ts';
import {
  applyPlan,
  connect,
  type Operator,
  requestCycle,
  runMonitor,
  status,
  waitForCycle,
} from '../src/operations/index.ts';
import { loadPlan } from '../src/plan/load.ts';
import type { CycleOutcome, EvaluationSummary, ModelStatus, MonitorResult } from '../src/workflows/messages.ts';
import { flightsBetween } from './flights.ts';
import { deliverOutcomes } from './labels.ts';
import type { Narrator } from './narrator.ts';
import { newsLine } from './news.ts';
import { type Answers, type Api, keepAsking, replay } from './traffic.ts';

const MODEL = 'flight-delays';
const PLAN = 'plans/flight-delays';
const BY = 'demo';
/** The end of March: the champion has seen February and half of March. */
const SPRING = '2001-04-01T00:00:00Z';
/** The end of May: the challenger may look back to April. */
const SUMMER = '2001-06-01T00:00:00Z';
const REPLAYED = 20_000;

/** How a cycle ended, and what its evaluation found. */
export interface Watched {
  readonly outcome: CycleOutcome;
  readonly evaluation?: EvaluationSummary;
}

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

export async function tellStory(say: Narrator, signal: AbortSignal): Promise<Story> {
  const started = Date.now();
  const config = readConfig();
  const aws = createClients(config.region);
  const store = createStore(aws.s3, config.bucket);
  const operator = await connect({ taskQueue: config.taskQueue });
  const cycle = (n: number) => watchCycle(operator, n, say, signal);
  try {
    say.title('Plan');
    const frozen = await loadPlan(PLAN);
    await applyPlan(operator, { frozen, by: BY });
    say.line(`${frozen.plan.objective}`);
    say.line(`${PLAN}/plan.yaml is in force (${frozen.hash.slice(0, 12)}); calendar ${frozen.plan.retrain.schedule}`);

    say.title('Cycle 1: collect, prepare, train, evaluate, deploy (looking back from 1 April 2001)');
    await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY, reason: 'first model', asOf: SPRING });
    const first = await cycle(1);
    const before = await status(operator, { model: MODEL });
    const api = await predictionApi(before, (keyId) => readApiKey(aws, keyId));

    say.title('May: flights ask for predictions as they push back; their outcomes arrive late');
    const flights = await flightsBetween('2001-05-01', '2001-05-29', REPLAYED);
    const may = await replay(api, flights, {
      batch: 100,
      parallel: 4,
      onProgress: (sent) =>
        sent % 2_000 === 0 &&
        say.live(`${sent.toLocaleString('en')} of ${REPLAYED.toLocaleString('en')} flights predicted`),
    });
    say.line(`${may.requests} requests through API Gateway → Lambda → endpoint, ${may.failed.length} failed`);
    if (may.predicted.length === 0) throw new Error(`no request was answered: ${may.failed[0]}`);
    const labels = await deliverOutcomes(store, MODEL, may.predicted);
    say.line(`${labels.toLocaleString('en')} outcomes arrived in S3`);

    say.title('Monitor');
    say.live('looking at inputs, predictions and outcomes');
    const monitored = await runMonitor(operator, { model: MODEL, asOf: SUMMER, by: BY });
    const findings = monitored.report?.findings ?? [];
    for (const { severity, message } of findings) say.line(`${severity}: ${message}`);
    if (!findings.some(({ severity }) => severity === 'alarm'))
      throw new Error('the monitor found nothing to retrain for, so no second cycle starts');

    say.title('Cycle 2: started by that finding (looking back from 1 June 2001)');
    const june = await flightsBetween('2001-06-01', '2001-06-08', 2_000);
    const traffic = keepAsking(api, june, 40);
    const second = await cycle(2).finally(() => traffic.stop());
    const duringRollout = await traffic.stop();
    const afterRollout = await replay(api, june.slice(0, 200), { batch: 10, parallel: 2 });
    const after = await status(operator, { model: MODEL });
    const seconds = (Date.now() - started) / 1000;
    return { first, second, monitored, before, after, may, duringRollout, afterRollout, seconds };
  } finally {
    await operator.close();
    for (const client of Object.values(aws)) client.destroy();
  }
}

async function watchCycle(operator: Operator, cycle: number, say: Narrator, signal: AbortSignal): Promise<Watched> {
  const told = new Set<string>();
  let evaluation: EvaluationSummary | undefined;
  for await (const news of waitForCycle(operator, { model: MODEL, cycle, every: 500, signal })) {
    if (news.kind === 'ended') {
      say.line(`cycle ${cycle}: ${news.outcome.outcome}: ${news.outcome.reason}`);
      return { outcome: news.outcome, evaluation };
    }
    if (news.kind === 'running') {
      evaluation = news.progress.evaluation ?? evaluation;
      for (const { stage, lines } of news.progress.stages)
        for (const line of lines)
          if (!told.has(`${stage}: ${line}`)) {
            told.add(`${stage}: ${line}`);
            say.line(`${stage}: ${line}`);
          }
    }
    say.live(newsLine(news));
  }
  throw new Error(`cycle ${cycle} told nothing`);
}

async function predictionApi({ api }: ModelStatus, read: (keyId: string) => Promise<string>): Promise<Api> {
  if (!api) throw new Error('the first cycle left no prediction API: see its outcome above');
  return { url: api.url, key: await read(api.keyId) };
}
