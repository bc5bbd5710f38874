/** Does a feature know too much? Each is asked to tell the label alone, on rows that nothing was fitted on. */
import type { Target } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { finiteNumber } from './expressions.ts';
import { ROW_ID } from './land.ts';
import { type BinCount, classesTold, explained, type Told, tooFew } from './leak-scores.ts';
import { RAW, type RawFeature, type RawFeatures } from './raw.ts';
import { hashOf, SPLIT } from './split.ts';
import { double, identifier, list } from './sql.ts';
import type { Measured } from './target-sums.ts';

const ROWS = '"leak rows"';
/** Parts of about equally many training rows that a number is cut into. */
const BINS = 64;
/** Values at most that are looked at, of the training rows and of the others. */
const MOST_VALUES = 20_000_000;
const MOST_ROWS = 100_000;
const LEAST_ROWS = 10_000;
/** Features that a message or the warnings name at most. */
const TOLD = 10;

export interface FeatureTold extends Told {
  readonly name: string;
}

interface Asked {
  readonly target: Target;
  readonly measured: Measured;
  readonly leaks: Plan['prepare']['leaks'];
}

/**
 * Learns on training rows what the label is in each of a feature's values (numbers in 64 bins of equally many rows; missing
 * is a value, too), and tells by it the labels of the validation and test rows: AUC (of each class) or R² (regression; or
 * the squared rank correlation, if that is more). Throws `DataUnusable` naming every feature that reaches `leaks.alone`, of
 * every class and beyond the luck of few rows. Gives warnings: those that reach it of one class, or on few rows.
 */
export async function refuseLeaks(duck: Duck, raw: RawFeatures, asked: Asked): Promise<string[]> {
  const { target, leaks } = asked;
  const features = raw.features.filter(({ name }) => !leaks.allow.includes(name));
  if (features.length === 0) return [];
  const found = await leakScores(duck, { ...raw, features }, asked);
  if (!found) return ['Too few rows validate and test to see whether a feature alone tells the label (a leak).'];
  const { scores, held } = found;
  const regression = target.problem === 'regression';
  const suspects = scores.filter(({ best }) => best >= leaks.alone).sort((a, b) => b.best - a.best);
  const leaking = suspects.filter((one) => isLeak(one, leaks.alone));
  if (leaking.length > 0) throw leak(leaking, regression, leaks.alone);
  return suspects.slice(0, TOLD).map(({ name, best, bestClass, all }) => {
    const what = all >= leaks.alone ? 'the label' : `the class ${target.classes?.[bestClass ?? 0] ?? bestClass}`;
    return `${name} alone tells ${what} of the ${held} rows that validate and test (AUC ${best.toFixed(3)}): is it known before what is predicted? If it is, add it to prepare.leaks.allow`;
  });
}

/** How well each feature alone tells the label, and on how many rows it was tried; undefined when those are too few. */
export async function leakScores(
  duck: Duck,
  raw: RawFeatures,
  { target, measured }: Pick<Asked, 'target' | 'measured'>,
): Promise<{ scores: FeatureTold[]; held: number } | undefined> {
  await drawRows(duck, raw, raw.features, measured);
  const { classes, held } = await duck.one<{ classes: readonly number[]; held: number }>(
    `SELECT coalesce(list(n ORDER BY y), []) AS classes, coalesce(sum(n), 0)::DOUBLE AS held
     FROM (SELECT y, count(*)::DOUBLE AS n FROM ${ROWS} WHERE held GROUP BY y)`,
  );
  const regression = target.problem === 'regression';
  if (tooFew(regression ? [] : classes, held)) return undefined;
  const scores: FeatureTold[] = [];
  for (const [at, feature] of raw.features.entries()) {
    const bins = await binCounts(duck, at, feature, regression);
    const told = regression
      ? valueTold(Math.max(explained(bins), await rankCorrelation(duck, at, feature)))
      : classesTold(bins);
    scores.push({ name: feature.name, ...told });
  }
  await duck.run(`DROP TABLE ${ROWS}`);
  return { scores, held };
}

/** What `leaks.alone` calls a leak: of every class, and beyond the luck of few rows. */
export const isLeak = ({ sure, all }: Told, alone: number): boolean => sure && all >= alone;

const valueTold = (explainedShare: number): Told => ({ all: explainedShare, best: explainedShare, sure: true });

function leak(found: readonly FeatureTold[], regression: boolean, alone: number): Error {
  const measure = regression ? 'R²' : 'AUC';
  const names = found.slice(0, TOLD).map(({ name, all }) => `"${name}" (${measure} ${all.toFixed(3)})`);
  return permanent(
    'DataUnusable',
    `features.sql: ${names.join(', ')} alone ${found.length === 1 ? 'tells' : 'tell'} the label as well as prepare.leaks.alone allows no feature to (${alone}): it may be known only after what is predicted. Leave it out, or, if it is known in time, add it to prepare.leaks.allow`,
  );
}

/** A table of held (validates or tests), y (the label; of a regression shrunk), f0, f1 … (clean features): rows of least hash. */
async function drawRows(duck: Duck, raw: RawFeatures, features: readonly RawFeature[], { shrink }: Measured) {
  const most = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / features.length)));
  const { training, held } = await duck.one<{ training: number; held: number }>(
    `SELECT count_if(part = 0)::DOUBLE AS training, count_if(part IN (1, 2))::DOUBLE AS held FROM ${SPLIT}`,
  );
  const cells = features.map(({ name, kind }, at) => {
    const column = `r.${identifier(name)}`;
    return `${kind === 'number' ? finiteNumber(column) : `CAST(${column} AS VARCHAR)`} AS f${at}`;
  });
  const shares = [training, held].map((rows) => double(Math.min(1, most / Math.max(1, rows))));
  await duck.run(
    `CREATE TEMP TABLE ${ROWS} AS SELECT s.part > 0 AS held, r.${identifier(raw.label.name)} * ${double(shrink)} AS y, ${list(cells)}
     FROM ${identifier(RAW)} r JOIN ${SPLIT} s ON s.${ROW_ID} = r.${ROW_ID}
     WHERE s.part <= 2 AND ${hashOf('leaks', `s.${ROW_ID}`)} < CASE s.part WHEN 0 THEN ${shares[0]} ELSE ${shares[1]} END`,
  );
}

/** Rows and labels of each value, among training rows and among the others. */
async function binCounts(
  duck: Duck,
  at: number,
  { kind }: RawFeature,
  regression: boolean,
): Promise<Map<string, BinCount[]>> {
  const bin = kind === 'number' ? await binOf(duck, `f${at}`) : `f${at}`;
  const labels = regression
    ? `SELECT bin, held, count(*)::DOUBLE AS n, sum(z) AS sum, sum(z * z) AS squares FROM
         (SELECT ${bin} AS bin, held, (y - (SELECT avg(y) FROM ${ROWS} WHERE NOT held)) / (SELECT stddev_pop(y) FROM ${ROWS} WHERE NOT held) AS z FROM ${ROWS}) GROUP BY bin, held`
    : `SELECT ${bin} AS bin, held, y AS class, count(*)::DOUBLE AS n FROM ${ROWS} GROUP BY bin, held, y`;
  const bins = new Map<string, BinCount[]>();
  for (const row of await duck.rows<BinCount & { bin: string | number | null }>(labels)) {
    const key = row.bin === null ? '' : `=${row.bin}`;
    const found = bins.get(key);
    if (found) found.push(row);
    else bins.set(key, [row]);
  }
  return bins;
}

async function binOf(duck: Duck, column: string): Promise<string> {
  const shares = Array.from({ length: BINS - 1 }, (_, at) => double((at + 1) / BINS));
  const { edges } = await duck.one<{ edges: readonly number[] | null }>(
    `SELECT quantile_disc(${column}, [${list(shares)}]) FILTER (WHERE NOT held) AS edges FROM ${ROWS}`,
  );
  const distinct = [...new Set(edges ?? [])];
  const cases = distinct.map((edge, at) => `WHEN ${column} <= ${double(edge)} THEN ${at}`);
  return `CASE WHEN ${column} IS NULL THEN NULL ${cases.join(' ')} ELSE ${distinct.length} END`;
}

/** Squared, over the rows that validate and test and have a value. */
async function rankCorrelation(duck: Duck, at: number, { kind }: RawFeature): Promise<number> {
  if (kind === 'text') return 0;
  const { r, n } = await duck.one<{ r: number | null; n: number }>(
    `SELECT corr(a, b) AS r, count(*)::DOUBLE AS n FROM
       (SELECT rank() OVER (ORDER BY f${at})::DOUBLE AS a, rank() OVER (ORDER BY y)::DOUBLE AS b FROM ${ROWS} WHERE held AND f${at} IS NOT NULL)`,
  );
  return r === null || Number.isNaN(r) || tooFew([], n) ? 0 : r * r;
}
