/** Two months of real flights: a baseline, and rows of the same months to draw windows from, none of them in both. */

import { valueCountsSql } from '../src/data/baseline.ts';
import type { ValueCounts } from '../src/data/bins.ts';
import type { Duck } from '../src/data/duckdb.ts';
import { text } from '../src/data/sql.ts';
import { readValueCounts } from '../src/data/value-counts.ts';

export interface Flight {
  date: unknown;
  distance: unknown;
  origin: unknown;
  destination: unknown;
}

export interface Flights {
  readonly baseline: ReadonlyMap<string, ValueCounts>;
  /** In the order of their dates. */
  readonly pool: readonly Flight[];
  /** From the one with most flights on. */
  readonly origins: readonly string[];
}

export const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';
const COLUMNS = [
  { name: 'date', type: 'TIMESTAMP' },
  { name: 'distance', type: 'BIGINT' },
  { name: 'origin', type: 'VARCHAR' },
  { name: 'destination', type: 'VARCHAR' },
];

/** `file` must be readable to `duck`. */
export async function readFlights(duck: Duck, file: string, rows: number): Promise<Flights> {
  await duck.run(
    `CREATE TABLE flights AS SELECT CAST(date AS TIMESTAMP) AS date, CAST(distance AS BIGINT) AS distance, origin, destination,
       row_number() OVER (ORDER BY hash(file_row_number)) AS place
     FROM read_parquet(${text(file)}, file_row_number = true) WHERE date >= '2001-03-01' AND date < '2001-05-01'`,
  );
  const counts = valueCountsSql(`(SELECT * FROM flights WHERE place <= ${rows})`, COLUMNS, { reduce: true });
  const pool = await duck.rows<Flight>(
    `SELECT strftime(date, '%Y-%m-%dT%H:%M:%SZ') AS date, CAST(distance AS DOUBLE) AS distance, origin, destination
     FROM flights WHERE place > ${rows} AND place <= ${2 * rows} ORDER BY flights.date, place`,
  );
  const origins = await duck.rows<{ origin: string }>(
    'SELECT origin FROM flights GROUP BY origin ORDER BY count(*) DESC, origin',
  );
  return { baseline: await readValueCounts(duck, counts), pool, origins: origins.map(({ origin }) => origin) };
}
