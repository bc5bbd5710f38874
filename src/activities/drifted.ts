/** How far what came to a version, and what it answered, has moved from where it was trained and tested. */
import { writeFile } from 'node:fs/promises';
import type { Store } from '../aws/store.ts';
import { valueCountsSql } from '../data/baseline.ts';
import type { ValueCounts } from '../data/bins.ts';
import { shortCalendars } from '../data/calendar.ts';
import { columnDrift } from '../data/drift.ts';
import type { Duck } from '../data/duckdb.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { text } from '../data/sql.ts';
import { predictionCounts, readValueCounts } from '../data/value-counts.ts';
import { requestRows, watchedInputs } from '../data/watched-inputs.ts';
import type { Seen } from './seen.ts';
import type { ObjectRef, Version } from './types.ts';

/** Inputs against the baseline of the training rows, predictions against those on the test rows. */
export async function driftOf(
  store: Store,
  duck: Duck,
  champion: Version,
  seen: Seen,
): Promise<Pick<MonitorDetails['drift'], 'columns' | 'unjudged'>> {
  if (seen.instances.length === 0) return { columns: [], unjudged: {} };
  const counted = async (object: ObjectRef, file: string) => {
    await store.getFile(object, duck.path(file));
    return readValueCounts(duck, `SELECT * FROM read_parquet(${text(duck.path(file))})`);
  };
  const baseline = await counted(champion.baseline, 'baseline.parquet');
  const predictions = await counted(champion.predictions, 'predictions.parquet');
  const inputs = watchedInputs(baseline.values());
  await writeFile(duck.path('instances.jsonl'), `${seen.instances.join('\n')}\n`);
  await duck.run(`CREATE TABLE asked AS ${requestRows(duck.path('instances.jsonl'), inputs)}`);
  const current = await readValueCounts(duck, valueCountsSql('asked', inputs, { reduce: false }));
  const predicted = predictionCounts({ ...champion.facts, values: seen.predictions });
  const pairs: (readonly [ValueCounts | undefined, ValueCounts | undefined])[] = [
    ...[...baseline.values()].map((one) => [one, current.get(one.column)] as const),
    [predictions.get(predicted.column), predicted],
  ];
  const columns = pairs.flatMap(([before, now]) => (before && now ? [columnDrift(before, now)] : []));
  return { columns, unjudged: await shortCalendars(duck, 'asked', inputs) };
}
