/** What looks wrong with the rows but may be right: told in sentences, refused nowhere. */
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { finiteNumber } from './expressions.ts';
import { ROW_ID } from './land.ts';
import type { MainSource } from './main-rows.ts';
import type { RawFeatures } from './raw.ts';
import { CHOSEN, SPLIT } from './split.ts';
import { identifier, list } from './sql.ts';
import { TRAINING } from './training-rows.ts';

const MISSING = 0.95;
const COPIES = 0.01;
const MOST = 20;
/** Columns measured by one query. */
const TOGETHER = 100;

export async function suspicions(
  duck: Duck,
  main: MainSource,
  raw: RawFeatures,
  { deduplicate }: Plan['prepare'],
): Promise<string[]> {
  return [...(deduplicate === true ? [] : await copies(duck, main)), ...(await dullFeatures(duck, raw))];
}

/** At most 20 of the warnings, and how many more there are: they travel with the cycle. */
export const fewest = (warnings: readonly string[]): string[] =>
  warnings.length <= MOST ? [...warnings] : [...warnings.slice(0, MOST), `… and ${warnings.length - MOST} more.`];

/** Test rows that equal a training row in every column. */
async function copies(duck: Duck, { name, columns }: MainSource): Promise<string[]> {
  const rows = (part: string) =>
    `SELECT hash(${list(columns.map((column) => identifier(column.name)))}) AS h FROM ${identifier(name)} SEMI JOIN (FROM ${SPLIT} WHERE ${part}) USING (${ROW_ID})`;
  const { same, all } = await duck.one<{ same: number; all: number }>(
    `SELECT count_if(h IN (SELECT h FROM (${rows('part = 0')})))::DOUBLE AS same, count(*)::DOUBLE AS "all" FROM (${rows(CHOSEN.test)})`,
  );
  if (same <= all * COPIES) return [];
  return [
    `${percent(same / all)} of the test rows equal a training row in every column: if they are duplicates, write "deduplicate: true".`,
  ];
}

async function dullFeatures(duck: Duck, { features }: RawFeatures): Promise<string[]> {
  const warnings: string[] = [];
  for (let from = 0; from < features.length; from += TOGETHER) {
    const some = features.slice(from, from + TOGETHER);
    const cells = some.map(({ name, kind }, at) => {
      const value = kind === 'number' ? `(${finiteNumber(identifier(name))})` : `CAST(${identifier(name)} AS VARCHAR)`;
      return `count(${value})::DOUBLE AS n${at}, min(${value}) = max(${value}) AS same${at}`;
    });
    const found = await duck.one<Record<string, number | boolean | null>>(
      `SELECT count(*)::DOUBLE AS rows, ${list(cells)} FROM ${TRAINING}`,
    );
    for (const [at, { name }] of some.entries()) {
      const missing = 1 - Number(found[`n${at}`]) / Number(found.rows);
      if (found[`same${at}`]) warnings.push(`Feature ${name} has one value only in training: it tells nothing.`);
      else if (missing >= MISSING) warnings.push(`Feature ${name} is missing in ${percent(missing)} of training.`);
    }
  }
  return warnings;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
