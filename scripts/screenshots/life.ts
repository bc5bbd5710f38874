/** A model that lives for the camera: the weather of Seattle, trained three times, watched by season, its third cycle waiting. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readApiKey } from '../../src/aws/api.ts';
import { createClients } from '../../src/aws/clients.ts';
import { createStore } from '../../src/aws/store.ts';
import { readConfig } from '../../src/config.ts';
import { keys } from '../../src/names.ts';
import {
  applyPlan,
  connect,
  decide,
  type Operator,
  requestCycle,
  runMonitor,
  status,
} from '../../src/operations/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { ModelStatus } from '../../src/workflows/messages.ts';

export const MODEL = 'seattle-weather';
const BY = 'ada';
const DATA = 'node_modules/vega-datasets/data/seattle-weather.csv';
/** Quarters of the year that is served, in the order in which they come. */
const SEASONS = ['2014-01', '2014-04', '2014-07', '2014-10'] as const;

/** Takes some minutes, most of them training. What was lived already is not lived again. */
export async function live(say: (line: string) => void): Promise<void> {
  const config = readConfig();
  const operator = await connect({ taskQueue: config.taskQueue });
  try {
    const folder = planFolder();
    await applyPlan(operator, { frozen: await loadPlan(folder), by: BY, reason: 'the first plan' });
    rmSync(dirname(folder), { recursive: true });
    // Beside it, so that there is a fleet.
    for (const other of ['cars', 'flight-delays'])
      await applyPlan(operator, { frozen: await loadPlan(`plans/${other}`), by: BY });
    if ((await now(operator)).cycles === 0) {
      say('cycle 1, on two years');
      await approved(operator, '2014-01-01T00:00:00Z', 'the first model');
      for (const season of SEASONS) {
        say(`the days from ${season} on are predicted, and looked at`);
        await predicted(operator, daysOf(season));
        await runMonitor(operator, { model: MODEL, by: BY });
      }
      say('cycle 2, on three years');
      await approved(operator, '2015-01-01T00:00:00Z', 'a year more');
    }
    if ((await now(operator)).approval) return;
    say('cycle 3, on four years, waits for approval');
    await waiting(operator, '2016-01-01T00:00:00Z', 'the last year that there is');
  } finally {
    await operator.close();
  }
}

const now = (operator: Operator): Promise<ModelStatus> => status(operator, { model: MODEL });

/** The plan of the repository, but a person approves, and nothing is waited for that nobody sees. */
function planFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'perennial-screenshots-')), MODEL);
  cpSync(`plans/${MODEL}`, folder, { recursive: true });
  const file = join(folder, 'plan.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/uri: \S*seattle-weather\.csv/, `uri: ${resolve(DATA)}`)
    .replace('approve: { mode: auto }', 'approve: { mode: manual, timeout: 7d }')
    .replace('bake: 10s', 'bake: 1s')
    .replace(
      'retrain:',
      'retrain:\n  schedule: "0 3 * * 1"\n  debounce: 0s\n  budget: { cyclesPerMonth: 20, usdPerMonth: 40 }',
    );
  writeFileSync(file, text);
  return folder;
}

async function waiting(
  operator: Operator,
  asOf: string,
  reason: string,
): Promise<NonNullable<ModelStatus['approval']>> {
  const { cycle } = await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY, reason, asOf });
  for (;;) {
    const { approval, outcomes } = await now(operator);
    const over = outcomes.find((one) => one.cycle === cycle);
    if (over) throw new Error(`cycle ${cycle} ended: ${over.outcome}: ${over.reason} ${over.failure ?? ''}`);
    if (approval && approval.cycle === cycle) return approval;
    await sleep(500);
  }
}

async function approved(operator: Operator, asOf: string, reason: string): Promise<void> {
  const { cycle, evaluation } = await waiting(operator, asOf, reason);
  await decide(operator, {
    model: MODEL,
    cycle,
    decision: 'approve',
    by: BY,
    reason: 'gates and slices look right',
    evaluation,
  });
  for (;;) {
    const over = (await now(operator)).outcomes.find((one) => one.cycle === cycle);
    if (over?.outcome === 'deployed') return;
    if (over) throw new Error(`cycle ${cycle}: ${over.outcome}: ${over.reason} ${over.failure ?? ''}`);
    await sleep(500);
  }
}

interface Day {
  readonly instance: Readonly<Record<string, string | number>>;
  readonly weather: string;
}

/** The three months that begin with a month. */
function daysOf(month: string): Day[] {
  const [year, first] = month.split('-').map(Number) as [number, number];
  const months = [0, 1, 2].map((more) => `${year}-${String(first + more).padStart(2, '0')}`);
  const [head = '', ...lines] = readFileSync(DATA, 'utf8').trim().split('\n');
  const names = head.split(',').slice(0, -1);
  return lines.flatMap((line) => {
    const cells = line.split(',');
    if (!months.includes((cells[0] ?? '').slice(0, 7))) return [];
    const values = names.map((name, at) => [name, name === 'date' ? cells[at] : Number(cells[at])] as const);
    return [{ instance: Object.fromEntries(values) as Day['instance'], weather: cells.at(-1) ?? '' }];
  });
}

/** Asks the model, waits until SageMaker has captured it, and tells what came true. */
async function predicted(operator: Operator, days: readonly Day[]): Promise<void> {
  const config = readConfig();
  const aws = createClients(config.region);
  const store = createStore(aws.s3, config.bucket);
  try {
    const { api } = await now(operator);
    const key = api && (await readApiKey(aws, api.keyId));
    const answer = await fetch(api?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key ?? '' },
      body: JSON.stringify({ instances: days.map(({ instance }) => instance) }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const { predictions } = (await answer.json()) as { predictions: { id: string }[] };
    const outcomes = predictions.map(({ id }, at) =>
      JSON.stringify({
        groundTruthData: { data: days[at]?.weather, encoding: 'CSV' },
        ...{ eventMetadata: { eventId: id }, eventVersion: '0' },
      }),
    );
    const [request = ''] = (predictions[0]?.id ?? '').split('/');
    while (!(await holds(store, request))) await sleep(500);
    const hour = new Date().toISOString().slice(0, 13).replace(/[-T]/g, '/');
    await store.putText(`${keys.groundTruth(MODEL)}/${hour}/${request}.jsonl`, `${outcomes.join('\n')}\n`);
  } finally {
    for (const client of Object.values(aws)) client.destroy();
  }
}

async function holds(store: ReturnType<typeof createStore>, request: string): Promise<boolean> {
  const captures = await store.list(`${keys.capture(MODEL)}/`);
  const texts = await Promise.all(captures.map(({ uri }) => store.getText(uri)));
  return texts.some((text) => text.includes(request));
}
