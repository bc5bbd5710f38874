/** The files that prepare leaves: the parts, the test part as requests and as labels, the baseline. */
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { valueCountsSql } from './baseline.ts';
import type { Duck } from './duckdb.ts';
import { RAW, type RawFeatures } from './features.ts';
import { ROW_ID } from './land.ts';
import { CHOSEN, PARTS, type Part, SPLIT } from './split.ts';
import { identifier, list, text } from './sql.ts';
import type { Input } from './transform.ts';
import { some } from './words.ts';

export interface PartSummary {
  readonly rows: number;
  /** Share of positive labels. */
  readonly positives: number;
}

const PREPARED = '"prepared rows"';
const TRAINING = '"training inputs"';

/** Runs the statement over every row and writes a Parquet file a part. */
export async function writeParts(duck: Duck, statement: string, label: string): Promise<Record<Part, PartSummary>> {
  await duck.run(`CREATE TABLE ${PREPARED} AS ${statement}`);
  const summaries: [Part, PartSummary][] = [];
  for (const part of PARTS) {
    const rows = `FROM ${PREPARED} SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN[part]}) USING (${ROW_ID})`;
    await duck.writeParquet(`SELECT * ${rows} ORDER BY ${ROW_ID}`, duck.path(`${part}.parquet`));
    const summary = `SELECT count(*)::DOUBLE AS rows, avg(${identifier(label)}) AS positives ${rows}`;
    summaries.push([part, await duck.one<PartSummary>(summary)]);
  }
  return Object.fromEntries(summaries) as Record<Part, PartSummary>;
}

/** The test part's inputs as JSON Lines, in the order of row_id; instants in UTC to the microsecond. */
export async function writeTestInputs(duck: Duck, main: string, inputs: readonly Input[]): Promise<void> {
  const cells = inputs.map(({ name, type }) => {
    const column = identifier(name);
    return type === 'TIMESTAMP' ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ') AS ${column}` : column;
  });
  const query = `SELECT ${list(cells)} FROM ${identifier(main)} SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN.test}) USING (${ROW_ID}) ORDER BY ${ROW_ID}`;
  await duck.run(`COPY (${query}) TO ${text(duck.path('test-inputs.jsonl'))} (FORMAT json)`);
}

/** The test part's row_id, label, and the columns that slices are cut by, as text. */
export async function writeTestLabels(
  duck: Duck,
  main: string,
  raw: RawFeatures,
  columns: readonly Column[],
  slices: readonly string[],
): Promise<void> {
  const cells = slices.map((name) => {
    if (name === raw.label || name === ROW_ID) throw refused(`${name} cannot cut slices`);
    const own = columns.some((column) => column.name === name);
    if (own || raw.features.some((feature) => feature.name === name))
      return `CAST(${own ? 'm' : 'r'}.${identifier(name)} AS VARCHAR) AS ${identifier(name)}`;
    throw refused(
      `there is no column "${name}" to cut slices by; there are ${some(columns.map((column) => column.name))}`,
    );
  });
  await duck.writeParquet(
    `SELECT ${list([`r.${ROW_ID}`, `r.${identifier(raw.label)}`, ...cells])} FROM ${identifier(RAW)} r JOIN ${identifier(main)} m ON m.${ROW_ID} = r.${ROW_ID}
     WHERE r.${ROW_ID} IN (SELECT ${ROW_ID} FROM ${SPLIT} WHERE ${CHOSEN.test}) ORDER BY r.${ROW_ID}`,
    duck.path('test-labels.parquet'),
  );
}

/** Value counts of the whole training part's inputs. */
export async function writeBaseline(duck: Duck, main: string, inputs: readonly Input[]): Promise<void> {
  await duck.run(
    `CREATE TEMP TABLE ${TRAINING} AS SELECT ${list(inputs.map(({ name }) => identifier(name)))}
     FROM ${identifier(main)} SEMI JOIN (FROM ${SPLIT} WHERE part = 0) USING (${ROW_ID})`,
  );
  await duck.writeParquet(valueCountsSql(TRAINING, inputs, { reduce: true }), duck.path('baseline.parquet'));
}

/** The columns that reports and gates cut slices by. */
export const slicesOf = ({ evaluate }: Plan): string[] => [
  ...new Set([
    ...evaluate.slices,
    ...evaluate.gates.flatMap((gate) => ('slice' in gate && gate.slice ? [gate.slice] : [])),
  ]),
];

const refused = (what: string): Error => permanent('PlanRefused', `evaluate.slices: ${what}`);
