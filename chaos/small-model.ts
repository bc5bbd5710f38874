/** A small model that learns in a second: what chaos plays its story with. The same rows and settings whatever it is called. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const DAY = 86_400_000;
const FIRST_DAY = Date.parse('2026-01-01T00:00:00Z');
const DAYS = 60;
const ROWS_A_DAY = 40;

/** What the first and the second cycle look back from. */
export const INSTANTS = [40, 60].map((day) => new Date(FIRST_DAY + day * DAY).toISOString());

/** Writes plan.yaml, features.sql and rows.csv into a new folder below `home`. With `tuned` one candidate is tuned. */
export async function writePlan(home: string, model: string, tuned: boolean): Promise<string> {
  const folder = join(home, 'plans', model);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'rows.csv'), rows());
  await writeFile(join(folder, 'features.sql'), FEATURES);
  await writeFile(join(folder, 'plan.yaml'), plan(model, tuned));
  return folder;
}

interface Machine {
  readonly at: string;
  readonly load: number;
  readonly age: number;
  readonly site: string;
}

const SITES = ['north', 'south', 'west'];
const SEED = 11;
const LAST_WEEK = { from: FIRST_DAY + (DAYS - 7) * DAY, ms: 7 * DAY };

function machine(at: number, uniform: () => number): Machine {
  const [load, age] = [Number(uniform().toFixed(4)), Math.floor(uniform() * 60)];
  return { at: new Date(at).toISOString().slice(0, 19), load, age, site: SITES[Math.floor(uniform() * 3)] ?? '' };
}

function uniformly(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** What is asked of the endpoint: other machines each time, as those of the rows. */
export function requests(): () => Machine {
  const uniform = uniformly(SEED + 1);
  return () => machine(LAST_WEEK.from + uniform() * LAST_WEEK.ms, uniform);
}

function rows(): string {
  const uniform = uniformly(SEED);
  const lines = Array.from({ length: DAYS * ROWS_A_DAY }, (_, row) => {
    const { at, load, age, site } = machine(FIRST_DAY + (row / ROWS_A_DAY) * DAY, uniform);
    const failed = load * 2 + age / 40 + (site === 'north' ? 0.5 : 0) + uniform() * 1.5 > 2.4;
    return [at, load, age, site, Number(failed)].join(',');
  });
  return ['at,load,age,site,failed', ...lines].join('\n');
}

const FEATURES = `
SELECT row_id, failed = 1 AS failed, load, ln(1 + age) AS age, site FROM machines
`;

const TUNED = `
      tune: { parameters: { max_depth: [2, 4] }, jobs: 2, parallel: 2 }`;

const plan = (model: string, tuned: boolean) => `
model: ${model}
objective: Tell whether a machine fails within a day.
owner: { team: Chaos, contact: chaos@example.com }
collect:
  sources:
    machines: { uri: rows.csv, time: at }
  window: 40 days
  expect:
    - { rows: { min: 1000 } }
prepare:
  label: failed
  inputs: [at, load, age, site]
  encode: { site: target }
  split: { by: random, validation: 20%, test: 25% }
train:
  objective: { metric: auc, goal: maximize }
  candidates:
    - algorithm: xgboost
      hyperparameters: { num_round: 15, eta: 0.2${tuned ? '' : ', max_depth: 3'} }${tuned ? TUNED : ''}
    - { algorithm: logistic-regression }
  instance: { type: ml.m5.large, maxRuntime: 10m }
  budget: { perCycleUsd: 5 }
evaluate:
  gates:
    - { metric: auc, min: 0.6 }
    - { metric: auc, versusChampion: -0.5 }
approve: { mode: auto }
deploy:
  rollout: { steps: [50, 100], bake: 1s, probation: 0s, maxLatencyP99: 1m }
  api: { rate: 500, burst: 1000 }
monitor:
  every: 24h
  # A machine that is killed again and again is slow now and then: no finding of its service is the story's.
  service: { errorRate: 1, latencyP99: 1m, cpu: 1, memory: 1 }
retrain:
  debounce: 0s
`;
