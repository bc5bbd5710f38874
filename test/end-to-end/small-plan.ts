/** A small plan of the test's own: a few thousand flights over HTTP, airports from S3, and features unlike the example's. */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Store } from '../../src/aws/store.ts';

export const MODEL = 'small-flights';
export const AS_OF = '2001-04-01T00:00:00Z';
const DATA = 'node_modules/vega-datasets/data';

/** What a request carries. */
interface Asked {
  readonly inputs: readonly string[];
  readonly ignore?: readonly string[];
}

export interface SmallPlan {
  readonly folder: string;
  /** Writes the plan anew, for other requests. */
  ask(asked: Asked): Promise<void>;
  readonly sources: Server;
}

/** Writes the plan and serves its source until `sources` is closed. */
export async function smallPlan(store: Store): Promise<SmallPlan> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-plan-'));
  await mkdir(join(folder, 'data'));
  const csv = join(folder, 'data', 'flights.csv');
  await writeFlights(csv);
  await store.putFile('test/airports.csv', `${DATA}/airports.csv`, 'text/csv');
  const sources = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).end(readFileSync(csv));
  });
  await new Promise<void>((resolve) => sources.listen(0, '127.0.0.1', resolve));
  const { port } = sources.address() as AddressInfo;
  const uris = [`http://127.0.0.1:${port}/flights.csv`, store.uri('test/airports.csv')] as const;
  const ask = async (asked: Asked) => {
    await writeFile(join(folder, 'features.sql'), featuresText(asked));
    await writeFile(join(folder, 'plan.yaml'), planText(...uris, asked));
  };
  await ask({ inputs: ['date', 'distance', 'origin'] });
  return { folder, sources, ask };
}

async function writeFlights(path: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  await connection.run(
    `COPY (FROM read_parquet('${DATA}/flights-3m.parquet') WHERE date >= '2001-02-01' AND date < '2001-04-01'
           ORDER BY md5(concat_ws('|', date, origin, destination, delay)) LIMIT 12000) TO '${path}' (HEADER)`,
  );
  connection.closeSync();
  database.closeSync();
}

const featuresText = ({ inputs }: Asked) => `
SELECT f.row_id, f.delay > 15 AS late, hour(f.date) + minute(f.date) / 60.0 AS hour,
       ${inputs.includes('distance') ? 'ln(1 + f.distance) AS far' : 'length(f.destination) AS far'},
       f.origin AS origin, a.state AS state
FROM flights f LEFT JOIN airports a ON a.iata = f.origin`;

const planText = (flights: string, airports: string, { inputs, ignore }: Asked) => `
model: ${MODEL}
objective: Tell whether a flight will be late, on little data.
owner: { team: Tests, contact: tests@example.com }
collect:
  sources:
    flights: { uri: "${flights}", time: date }
    airports: { uri: "${airports}", reference: true }
  window: 90 days
  expect:
    - { rows: { min: 5000 } }
    - { column: origin, in: { table: airports, column: iata }, outside: 0.01 }
prepare:
  label: late
  inputs: ${JSON.stringify(inputs)}
${ignore ? `  ignore: ${JSON.stringify(ignore)}\n` : ''}  encode: { origin: target, state: target }
  split: { by: random, validation: 15%, test: 25% }
train:
  objective: { metric: auc, goal: maximize }
  candidates:
    - { algorithm: xgboost, hyperparameters: { num_round: 40, max_depth: 3, eta: 0.2 } }
    - { algorithm: logistic-regression }
  budget: { perCycleUsd: 5 }
evaluate:
  slices: [origin]
  gates:
    - { metric: auc, min: 0.55 }
    - { metric: calibration_error, max: 0.15 }
approve: { mode: manual, timeout: 1h }
deploy:
  rollout: { steps: [50, 100], bake: 1s, probation: 0s, maxLatencyP99: 5s }
  api: { rate: 500, burst: 1000 }
monitor:
  quality: [{ metric: auc, min: 0.5 }]
  minLabels: 100
`;
