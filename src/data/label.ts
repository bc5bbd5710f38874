/** The label: which columns can be one, which number each value becomes, and what every part must show of it. */
import type { Column, LabelSummary, Target } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Problem } from '../plan/metrics.ts';
import { type Duck, inOrder } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { shrinkOf } from './magnitude.ts';
import { RAW, type RawLabel } from './raw.ts';
import { CHOSEN, PARTS, type Part, SPLIT } from './split.ts';
import { double, identifier, list, marked, text, unmarked } from './sql.ts';
import { broken } from './syntax.ts';
import { count, shortly, some } from './words.ts';

const WHOLE = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/;
const NUMBER = /^(FLOAT|DOUBLE|DECIMAL.*)$/;
const TEXT = /^(VARCHAR|ENUM\(.*)$/;
const MOST_CLASSES = 100;
const MOST_CHARACTERS = 200;

/** Throws `FeaturesBroken` when a column of this type cannot be the label of such a problem. */
export function labelOf(problem: Problem, { name, type }: Column): RawLabel {
  const refused = (mend: string) => broken(`the label "${name}" is ${type}; ${mend}`);
  const whole = WHOLE.test(type);
  if (problem === 'binary' && !whole && !NUMBER.test(type) && type !== 'BOOLEAN')
    throw refused('make it a condition (BOOLEAN) or 0 and 1, or write "problem: multiclass" in the plan');
  if (problem === 'regression' && !whole && !NUMBER.test(type))
    throw refused('a regression predicts a number: make it one, or correct problem in the plan');
  if (problem === 'multiclass' && type === 'BOOLEAN')
    throw refused('that is one of two: write "problem: binary" in the plan');
  if (problem === 'multiclass' && !whole && !TEXT.test(type))
    throw refused(`classes are told by text or whole numbers: write CAST(${name} AS VARCHAR) or AS BIGINT`);
  return { name, problem, whole };
}

/** How `RAW` holds the label at first: a class by its text, all else as DOUBLE. */
export const rawLabel = ({ name, problem }: RawLabel): string =>
  `CAST(${identifier(name)} AS ${problem === 'multiclass' ? 'VARCHAR' : 'DOUBLE'})`;

/** The label as the parts hold it. */
export function labelNumber({ name }: RawLabel, { classes }: Target): string {
  if (!classes) return `CAST(${identifier(name)} AS DOUBLE)`;
  return `CAST(list_position([${list(classes.map(text))}], CAST(${identifier(name)} AS VARCHAR)) - 1 AS DOUBLE)`;
}

/** Throws `FeaturesBroken` for a label that is missing or none of its problem's. `RAW` is there. */
export async function refuseLabel(duck: Duck, { name, problem }: RawLabel): Promise<void> {
  const label = identifier(name);
  const wrong = {
    binary: `${label} NOT IN (0, 1)`,
    multiclass: `length(${label}) NOT BETWEEN 1 AND ${MOST_CHARACTERS}`,
    regression: `NOT isfinite(${label})`,
  }[problem];
  const found = await duck.one<{ missing: number; wrong: number; strange: unknown; rows: number }>(
    `SELECT count_if(${label} IS NULL)::DOUBLE AS missing, count_if(${wrong})::DOUBLE AS wrong,
       min(${label}) FILTER (WHERE ${wrong}) AS strange, count(*)::DOUBLE AS rows FROM ${identifier(RAW)}`,
  );
  if (found.missing > 0)
    throw broken(
      `the label "${name}" is missing in ${found.missing} of ${count(found.rows, 'row')}; give it a value there (coalesce), leave those rows out of the source, or write "unlabelled: leave-out" in prepare`,
    );
  if (found.wrong === 0) return;
  const rows = count(found.wrong, 'row');
  if (problem === 'binary')
    throw broken(
      `the label "${name}" is ${found.strange} in one of ${rows} where it is neither 0 nor 1; make it a condition`,
    );
  if (problem === 'regression')
    throw broken(
      `the label "${name}" is ${found.strange} in one of ${rows} where it is no finite number; mend it there`,
    );
  throw broken(
    `the label "${name}" is empty text, or longer than ${MOST_CHARACTERS} characters, in ${rows}; give every class a name`,
  );
}

/**
 * Multiclass: finds the classes (texts by their code points, whole numbers by number) and makes the label in `RAW` their
 * numbers. Throws `DataUnusable`.
 */
export async function numberClasses(duck: Duck, label: RawLabel): Promise<Target> {
  const { name, problem, whole } = label;
  if (problem !== 'multiclass') return { problem };
  const read = await duck.rows<{ read: string; training: number }>(
    `SELECT ${marked('class')} AS read, training FROM (SELECT r.${identifier(name)} AS class, count_if(${CHOSEN.train})::DOUBLE AS training
     FROM ${identifier(RAW)} r JOIN ${SPLIT} s USING (${ROW_ID}) WHERE s.part <= 2
     GROUP BY 1) ORDER BY ${whole ? 'CAST(class AS HUGEINT)' : 'class'}`,
  );
  const found = read.map(({ read: said, training }) => ({ class: unmarked(said), training }));
  const classes = found.map((one) => one.class);
  if (classes.length > MOST_CLASSES)
    throw unusable(name, `has ${classes.length} classes; at most ${MOST_CLASSES} are possible: put rare ones together`);
  if (classes.length === 2)
    throw unusable(name, `has two classes only, ${some(classes)}; write "problem: binary" and make it a condition`);
  if (classes.length < 2)
    throw unusable(
      name,
      `is ${some(classes)} in every row; there is nothing to predict: widen the window, or correct the label`,
    );
  const lacking = found.filter(({ training }) => training === 0);
  if (lacking.length > 0)
    throw unusable(
      name,
      `has no row of class ${some(lacking.map((one) => one.class))} in training (${some(found.map((one) => `${shortly(one.class)} ${one.training}`))}); widen the window, change the split or the sample, or put rare classes together`,
    );
  await duck.run(
    `ALTER TABLE ${identifier(RAW)} ALTER ${identifier(name)} SET DATA TYPE DOUBLE USING ${labelNumber(label, { problem, classes })}`,
  );
  return { problem, classes };
}

export interface PartLabels {
  readonly labels: Readonly<Record<Part, LabelSummary>>;
  readonly warnings: readonly string[];
}

/** What each part's labels look like. Throws `DataUnusable` when a part has too few kinds of them to learn or to judge by. */
export async function partLabels(duck: Duck, { name }: RawLabel, target: Target): Promise<PartLabels> {
  const summaries: [Part, LabelSummary][] = [];
  const warnings: string[] = [];
  for (const part of PARTS) {
    const rows = `FROM ${identifier(RAW)} SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN[part]}) USING (${ROW_ID})`;
    if (target.problem === 'regression') summaries.push([part, await spread(duck, name, part, rows)]);
    else {
      const { shares, absent } = await classShares(duck, name, part, rows, target);
      summaries.push([part, { shares }]);
      if (absent.length > 0) warnings.push(`No row of ${part} has the class ${some(absent)}.`);
    }
  }
  return { labels: Object.fromEntries(summaries) as Record<Part, LabelSummary>, warnings };
}

async function classShares(duck: Duck, name: string, part: Part, rows: string, { classes }: Target) {
  const names = classes ?? ['0', '1'];
  const found = await duck.rows<{ class: number; n: number }>(
    `SELECT ${identifier(name)} AS class, count(*)::DOUBLE AS n ${rows} GROUP BY 1`,
  );
  const total = found.reduce((sum, { n }) => sum + n, 0);
  const shares = names.map((_, at) => (found.find((one) => one.class === at)?.n ?? 0) / total);
  const [only, ...others] = found;
  if (only && others.length === 0)
    throw unusable(
      name,
      `is ${names[only.class]} in every row of ${part} (${count(total, 'row')}); ${classes ? 'several classes' : 'both values'} are needed: widen the window, change the split, or correct the label`,
    );
  return { shares, absent: names.filter((_, at) => shares[at] === 0) };
}

async function spread(duck: Duck, name: string, part: Part, rows: string): Promise<LabelSummary> {
  const label = identifier(name);
  const { low, high, n } = await duck.one<{ low: number; high: number; n: number }>(
    `SELECT min(${label}) AS low, max(${label}) AS high, count(*)::DOUBLE AS n ${rows}`,
  );
  if (low === high)
    throw unusable(
      name,
      `is ${low} in every row of ${part} (${count(n, 'row')}); it must vary: widen the window, change the split, or correct the label`,
    );
  const shrink = shrinkOf(low, high);
  const value = `${label} * ${double(shrink)}`;
  const { mean, deviation, median } = await inOrder(duck, () =>
    duck.one<{ mean: number; deviation: number; median: number }>(
      `SELECT avg(${value}) AS mean, stddev_pop(${value}) AS deviation, quantile_cont(${value}, 0.5) AS median ${rows}`,
    ),
  );
  return { mean: mean / shrink, deviation: deviation / shrink, median: median / shrink };
}

const unusable = (label: string, what: string): Error => permanent('DataUnusable', `the label "${label}" ${what}`);
