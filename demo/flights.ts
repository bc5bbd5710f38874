/** Flights of a later month, as the requests that would have been made at push-back and the outcomes that came after. */
import { DuckDBInstance } from '@duckdb/node-api';

const FLIGHTS = 'node_modules/vega-datasets/data/flights-3m.parquet';

export interface Flight {
  readonly request: {
    readonly date: string;
    readonly distance: number;
    readonly origin: string;
    readonly destination: string;
  };
  readonly late: boolean;
}

/** `count` flights that pushed back in [from, to), chosen by a hash, in the order of time. */
export async function flightsBetween(from: string, to: string, count: number): Promise<Flight[]> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT strftime(date, '%Y-%m-%dT%H:%M:%S') AS date, distance::DOUBLE AS distance, origin, destination, delay > 15 AS late
       FROM (FROM read_parquet($file) WHERE date >= $from::TIMESTAMP AND date < $to::TIMESTAMP
             ORDER BY md5(concat_ws('|', date, origin, destination, distance, delay)) LIMIT ${Math.trunc(count)})
       ORDER BY ALL`,
      { file: FLIGHTS, from, to },
    );
    return reader.getRowObjectsJS().map(({ late, ...request }) => ({ request, late }) as Flight);
  } finally {
    connection.closeSync();
    database.closeSync();
  }
}
