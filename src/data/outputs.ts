/** The files that prepare leaves: the parts, the test part as requests and as labels, the baseline. */
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { valueCountsSql } from './baseline.ts';
import type { Duck } from './duckdb.ts';
import type { Replacement } from './folds.ts';
import { ROW_ID } from './land.ts';
import { RAW, type RawFeatures, ROW_WEIGHT } from './raw.ts';
import { CHOSEN, OUTLIER, PARTS, type Part, SPLIT } from './split.ts';
import { identifier, list, text } from './sql.ts';
import type { Input } from './transform.ts';
import { some } from './words.ts';

const PREPARED = '"prepared rows"';
const TRAINING = '"training inputs"';

export interface PartsOptions {
  readonly statement: string;
  readonly label: string;
  readonly weight?: string;
  readonly features: readonly string[];
  /** What training rows have instead of what the statement gives. */
  readonly replaced: readonly Replacement[];
}

/** Runs the statement over every row and writes a Parquet file a part; gives how many rows each has. */
export async function writeParts(duck: Duck, { statement, ...options }: PartsOptions): Promise<Record<Part, number>> {
  await duck.run(`CREATE TABLE ${PREPARED} AS ${statement}`);
  const rows: [Part, number][] = [];
  for (const part of PARTS) {
    await duck.writeParquet(`${partRows(part, options)} ORDER BY p.${ROW_ID}`, duck.path(`${part}.parquet`));
    const { n } = await duck.one<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${SPLIT} WHERE ${CHOSEN[part]}`);
    rows.push([part, n]);
  }
  return Object.fromEntries(rows) as Record<Part, number>;
}

function partRows(part: Part, { label, weight, features, replaced }: Omit<PartsOptions, 'statement'>): string {
  const [own, weighed] = [part === 'train' ? replaced : [], part === 'test' ? undefined : weight];
  const values = new Map(own.flatMap(({ columns }) => [...columns]));
  const cells = [
    `p.${ROW_ID}`,
    `p.${identifier(label)}`,
    ...(weighed === undefined ? [] : [`r.${identifier(weighed)} AS ${ROW_WEIGHT}`]),
    ...features.map((name) => `${values.get(name) ?? `p.${identifier(name)}`} AS ${identifier(name)}`),
  ];
  const needed = own.length > 0 || weighed !== undefined;
  const joins = [
    `SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN[part]}) s ON s.${ROW_ID} = p.${ROW_ID}`,
    ...(needed ? [`JOIN ${identifier(RAW)} r ON r.${ROW_ID} = p.${ROW_ID}`] : []),
    ...own.map(({ join }) => join),
  ];
  return `SELECT ${list(cells)} FROM ${PREPARED} p ${joins.join(' ')}`;
}

/** The test part's inputs as JSON Lines in `file`, in the order of row_id; instants in UTC to the microsecond. */
export async function writeTestInputs(
  duck: Duck,
  main: string,
  inputs: readonly Input[],
  file = 'test-inputs.jsonl',
): Promise<void> {
  const query = `SELECT ${list(requestCells(inputs))} FROM ${identifier(main)} SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN.test}) USING (${ROW_ID}) ORDER BY ${ROW_ID}`;
  await duck.run(`COPY (${query}) TO ${text(duck.path(file))} (FORMAT json)`);
}

/** A row's inputs as a request carries them. */
export const requestCells = (inputs: readonly Input[]): string[] =>
  inputs.map(({ name, type }) => {
    const column = identifier(name);
    return type === 'TIMESTAMP' ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%fZ') AS ${column}` : column;
  });

/** The test part's row_id, label, and the columns that slices are cut by, as text. */
export async function writeTestLabels(
  duck: Duck,
  main: string,
  raw: RawFeatures,
  columns: readonly Column[],
  slices: readonly string[],
): Promise<void> {
  const cells = slices.map((name) => {
    if (name === raw.label.name || name === ROW_ID) throw refused(`${name} cannot cut slices`);
    const own = columns.some((column) => column.name === name);
    if (own || raw.features.some((feature) => feature.name === name))
      return `CAST(${own ? 'm' : 'r'}.${identifier(name)} AS VARCHAR) AS ${identifier(name)}`;
    throw refused(
      `there is no column "${name}" to cut slices by; correct it, or mend the source: there are ${some(columns.map((column) => column.name))}`,
    );
  });
  await duck.writeParquet(
    `SELECT ${list([`r.${ROW_ID}`, `r.${identifier(raw.label.name)}`, ...cells])} FROM ${identifier(RAW)} r JOIN ${identifier(main)} m ON m.${ROW_ID} = r.${ROW_ID}
     WHERE r.${ROW_ID} IN (SELECT ${ROW_ID} FROM ${SPLIT} WHERE ${CHOSEN.test}) ORDER BY r.${ROW_ID}`,
    duck.path('test-labels.parquet'),
  );
}

/** Value counts of the whole training part's inputs, outliers among them: requests have theirs, too. */
export async function writeBaseline(duck: Duck, main: string, inputs: readonly Input[]): Promise<void> {
  await duck.run(
    `CREATE TEMP TABLE ${TRAINING} AS SELECT ${list(inputs.map(({ name }) => identifier(name)))}
     FROM ${identifier(main)} SEMI JOIN (FROM ${SPLIT} WHERE part IN (0, ${OUTLIER})) USING (${ROW_ID})`,
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
