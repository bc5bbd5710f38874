/** Captured rows beside a version's baselines: how far each column has moved, and what was sent for each input. */
import { writeFile } from 'node:fs/promises';
import { valueCountsSql } from './baseline.ts';
import type { ValueCounts } from './bins.ts';
import { shortCalendars } from './calendar.ts';
import { checkInput, type Fields, type InputCheck, unknownFields } from './data-checks.ts';
import type { ColumnDrift } from './drift.ts';
import type { Duck } from './duckdb.ts';
import { presentDrift } from './present-drift.ts';
import { countSent } from './sent.ts';
import { readValueCounts } from './value-counts.ts';
import { requestRows, watchedInputs } from './watched-inputs.ts';

export interface Observed {
  /** Inputs, and `prediction`. */
  readonly columns: readonly ColumnDrift[];
  /** Columns that a short window moves by itself → why they are not judged. */
  readonly unjudged: Readonly<Record<string, string>>;
  readonly inputs: readonly InputCheck[];
  /** Fields that are no input of the version → the share of rows that carried them. */
  readonly unknown: Readonly<Record<string, number>>;
}

export interface Rows {
  /** One JSON line a row. */
  readonly instances: readonly string[];
  readonly fields: Fields;
  /** What was answered, counted; absent where nobody was asked. */
  readonly predicted?: ValueCounts;
}

/** Of no rows. */
export const NOTHING: Observed = { columns: [], unjudged: {}, inputs: [], unknown: {} };

/** `baseline` holds the training part's inputs, `predictions` the answers to the test part. There must be rows. */
export async function observe(
  duck: Duck,
  baseline: ReadonlyMap<string, ValueCounts>,
  predictions: ReadonlyMap<string, ValueCounts>,
  { instances, fields, predicted }: Rows,
): Promise<Observed> {
  const inputs = watchedInputs(baseline.values());
  const file = duck.path('instances.jsonl');
  await writeFile(file, `${instances.join('\n')}\n`);
  await duck.run(`CREATE OR REPLACE TABLE asked AS ${requestRows(file, inputs)}`);
  const current = await readValueCounts(duck, valueCountsSql('asked', inputs, { reduce: false }));
  const pairs: (readonly [ValueCounts | undefined, ValueCounts | undefined])[] = [
    ...[...baseline.values()].map((one) => [one, current.get(one.column)] as const),
    [predicted && predictions.get(predicted.column), predicted],
  ];
  const sent = await countSent(duck, file, inputs, baseline);
  return {
    columns: pairs.flatMap(([before, now]) => (before && now ? [presentDrift(before, now)] : [])),
    unjudged: await shortCalendars(duck, 'asked', inputs),
    inputs: sent.map((one) => checkInput(one, fields, baseline, current)),
    unknown: unknownFields(fields, new Set(inputs.map(({ name }) => name)), instances.length),
  };
}
