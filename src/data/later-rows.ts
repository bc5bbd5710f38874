/** The rows that came after an origin, cut into windows: as requests, and as labels beside them. */
import type { Span } from '../activities/backtest-types.ts';
import { permanent } from '../failures.ts';
import type { Duck } from './duckdb.ts';
import { rawLabel } from './label.ts';
import { ROW_ID } from './land.ts';
import { keepRows, type MainSource } from './main-rows.ts';
import { requestCells } from './outputs.ts';
import type { RawFeatures } from './raw.ts';
import { hashOf } from './split.ts';
import { identifier, list, text, timestamp } from './sql.ts';
import type { Input } from './transform.ts';

const LATER = '"later rows"';
const LABELS = '"later labels"';

/** Of a window so many rows are scored: those of least hash, the same ones for every origin. */
export const MOST_ROWS = 20_000;

/** From here on the main source has the rows of the windows, and no others. `time` is its time column. */
export async function takeWindows(
  duck: Duck,
  main: MainSource,
  { time, windows, seed }: { readonly time: string; readonly windows: readonly Span[]; readonly seed: number },
): Promise<void> {
  const at = identifier(time);
  const cases = windows.map(
    ({ from, to }, n) => `WHEN ${at} > ${timestamp(from)} AND ${at} <= ${timestamp(to)} THEN ${n}`,
  );
  const order = `${hashOf(`${seed}:later`, ROW_ID)}, ${ROW_ID}`;
  await duck.run(
    `CREATE TABLE ${LATER} AS SELECT ${ROW_ID}, part FROM (SELECT ${ROW_ID}, CASE ${cases.join(' ')} END AS part FROM ${identifier(main.name)})
     WHERE part IS NOT NULL QUALIFY row_number() OVER (PARTITION BY part ORDER BY ${order}) <= ${MOST_ROWS}`,
  );
  await keepRows(duck, main, `SELECT ${ROW_ID} FROM ${LATER}`);
}

/** Writes `later-inputs.jsonl` and `later-labels.parquet`. Gives the rows of each window, and how many had no label. Throws `DataUnusable` when no row is left. */
export async function writeLater(
  duck: Duck,
  main: string,
  { raw, inputs, windows }: { readonly raw: RawFeatures; readonly inputs: readonly Input[]; readonly windows: number },
): Promise<{ rows: number[]; unlabelled: number }> {
  await duck.run(`CREATE TABLE ${LABELS} AS SELECT ${ROW_ID}, ${rawLabel(raw.label)} AS label FROM (\n${raw.sql}\n)`);
  const labelled = `${LATER} l SEMI JOIN (FROM ${LABELS} WHERE label IS NOT NULL) USING (${ROW_ID})`;
  const found = await duck.rows<{ part: number; rows: number }>(
    `SELECT part::INTEGER AS part, count(*)::DOUBLE AS rows FROM ${labelled} GROUP BY part`,
  );
  const rows = Array.from({ length: windows }, (_, n) => found.find(({ part }) => part === n)?.rows ?? 0);
  const { all } = await duck.one<{ all: number }>(`SELECT count(*)::DOUBLE AS "all" FROM ${LATER}`);
  const left = rows.reduce((sum, n) => sum + n, 0);
  if (left === 0)
    throw permanent('DataUnusable', 'no labelled row came after this origin; end the backtest where the data end');
  await duck.run(
    `COPY (SELECT ${list(requestCells(inputs))} FROM ${identifier(main)} m JOIN (SELECT ${ROW_ID}, part AS "its window" FROM ${labelled}) USING (${ROW_ID})
     ORDER BY "its window", ${ROW_ID}) TO ${text(duck.path('later-inputs.jsonl'))} (FORMAT json)`,
  );
  await duck.writeParquet(
    `SELECT ${ROW_ID}, l.part AS "window", b.label FROM ${LATER} l JOIN ${LABELS} b USING (${ROW_ID}) WHERE b.label IS NOT NULL ORDER BY l.part, ${ROW_ID}`,
    duck.path('later-labels.parquet'),
  );
  return { rows, unlabelled: all - left };
}
