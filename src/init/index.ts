/** `init`: a file of rows → a plan that can be put in force, tried on the data by what a cycle would do with it. */
import { copyFile, mkdir, realpath, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { type Duck, viewOf, withDuckDB } from '../data/duckdb.ts';
import { localPath } from '../data/fetch.ts';
import { land } from '../data/land.ts';
import { formatOf } from '../data/read.ts';
import { text } from '../data/sql.ts';
import { count } from '../data/words.ts';
import { loadPlan } from '../plan/load.ts';
import { PROBLEMS } from '../plan/metrics.ts';
import { draftPlan, renamedPath } from './choose.ts';
import { type Draft, inputsOf } from './draft.ts';
import { featuresText } from './features-text.ts';
import { fetchData } from './fetch.ts';
import { checkFile, checkFolder, FILES, modelOf, tableOf, uriFrom } from './place.ts';
import { planText } from './plan-text.ts';
import { asUserError } from './troubles.ts';

export interface InitOptions {
  readonly folder: string;
  /** A path, s3:// or https://. */
  readonly data: string;
  readonly label?: string;
  readonly name?: string;
  readonly time?: string;
  readonly force: boolean;
  readonly owner: string;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export const initShape = z.object({
  model: z.string(),
  folder: z.string(),
  files: z.array(z.string()),
  problem: z.enum(PROBLEMS),
  label: z.string(),
  rows: z.number(),
  /** Columns that a request carries. */
  inputs: z.array(z.string()),
  features: z.array(z.string()),
  leftOut: z.array(z.object({ column: z.string(), why: z.string() })),
  split: z.string(),
  /** Where the first cycle looks back from, when the rows ended long ago. */
  asOf: z.string().optional(),
  notes: z.array(z.string()),
});
export type InitOutcome = z.infer<typeof initShape>;

/** What a copy of the file is called, where its columns need other names. */
const COPY = 'data.parquet';

/** Throws `UserError` for what the person can mend, before anything was written. */
export async function initPlan(options: InitOptions): Promise<InitOutcome> {
  const { folder, data, force, signal } = options;
  const model = modelOf(folder, options.name);
  await checkFolder(folder, force);
  const path = localPath(data);
  if (path !== undefined) await checkFile(path);
  const reads = path === undefined ? [] : [await realpath(path)];
  try {
    return await withDuckDB((duck) => made(duck, options, model), { reads, signal });
  } catch (error) {
    throw asUserError(error, data);
  }
}

async function made(duck: Duck, options: InitOptions, model: string): Promise<InitOutcome> {
  const { folder, data, say } = options;
  const format = formatOf(data);
  say(`reading ${basename(data)}`);
  const fetched = await fetchData(data, duck.path('original'), options);
  const snapshot = duck.path('snapshot.parquet');
  const packed = /\.gz$/i.test(data);
  await land(duck, { path: fetched.path, format, packed, to: snapshot, main: true, until: new Date().toISOString() });
  await duck.run(viewOf('seen rows', snapshot));
  const uri = fetched.local ? uriFrom(folder, fetched.uri) : fetched.uri;
  const place = { model, owner: options.owner, table: tableOf(data), uri, copy: COPY };
  const draft = await draftPlan(duck, place, { ...options, now: Date.now(), snapshot });
  await write(duck, folder, draft);
  return outcome(folder, draft);
}

async function write(duck: Duck, folder: string, draft: Draft): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (draft.renamed.length > 0) {
    const path = duck.path(COPY);
    await duck.writeParquet(`SELECT * EXCLUDE (row_id) FROM read_parquet(${text(renamedPath(duck))})`, path);
    await copyFile(path, join(folder, COPY));
  }
  await writeFile(join(folder, 'plan.yaml'), planText(draft));
  await writeFile(join(folder, 'features.sql'), featuresText(draft));
  // What was written is what `validate` says is valid.
  await loadPlan(resolve(folder));
}

function outcome(folder: string, draft: Draft): InitOutcome {
  const { model, aim, label, seen, features, leftOut, when, renamed, group, notByTime } = draft;
  const notes = [
    ...(renamed.length > 0
      ? [`${COPY} is a copy in which ${count(renamed.length, 'column')} got a name that a plan can hold: see the plan.`]
      : []),
    ...(notByTime ? [`The split is at random: ${notByTime}.`] : []),
  ];
  return {
    ...{ model, folder, problem: aim.problem, label, rows: seen.rows, notes },
    files: [...FILES, ...(renamed.length > 0 ? [COPY] : [])],
    inputs: inputsOf(draft).map((name) => draft.names.get(name) ?? name),
    features: features.map(({ name }) => name),
    leftOut: leftOut.map(({ column, why }) => ({ column, why })),
    split: when ? `by ${when.column.name}` : group ? `by hash of ${group}` : 'at random',
    asOf: when?.asOf,
  };
}
