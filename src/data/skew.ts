/** Training/serving skew: what live requests became in serving, against what they become in training. Pure. */
import type { Finding, SkewReport } from '../activities/types.ts';
import type { FeatureRow } from './replay.ts';

/** The same numbers by the same statement: what is left is the order in which an engine adds. Relative. */
const FEATURE_TOLERANCE = 1e-9;
/** As in a smoke test: probabilities, values. */
const PREDICTION_TOLERANCE = 1e-6;
const PREDICTION = 'prediction';
/** So many findings tell enough: one cause mostly moves several features. */
const MOST_FINDINGS = 10;

/** One captured instance, asked again. */
export interface Replayed {
  /** As training computes them. */
  readonly trained: FeatureRow;
  /** As the container told them; absent when it told none. */
  readonly served?: FeatureRow;
  /** The numbers of its prediction: captured, and now. Absent when it was refused now. */
  readonly before: readonly number[];
  readonly now?: readonly number[];
}

/** The names of what came out otherwise. */
export function differences({ trained, served, before, now }: Replayed): string[] {
  const features = served ? Object.keys(trained).filter((name) => !sameFeature(trained[name], served[name])) : [];
  return samePrediction(before, now) ? features : [...features, PREDICTION];
}

function sameFeature(due: number | null | undefined, found: number | null | undefined): boolean {
  if (typeof due !== 'number' || typeof found !== 'number') return due === found;
  return Math.abs(due - found) <= FEATURE_TOLERANCE * Math.max(Math.abs(due), Math.abs(found));
}

const samePrediction = (due: readonly number[], found: readonly number[] | undefined): boolean =>
  found?.length === due.length &&
  due.every((one, at) => Math.abs(one - (found[at] as number)) <= PREDICTION_TOLERANCE * Math.max(1, Math.abs(one)));

/** More than `max` of the rows differing is skew: of every column of which so many differ, or else of the worst. */
export function judgeSkew(
  rows: readonly (readonly string[])[],
  { max, version }: { max: number; version: number },
): Omit<SkewReport, 'object'> {
  const counts = new Map<string, number>();
  for (const name of rows.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const columns = [...counts]
    .map(([feature, differing]) => ({ feature, differing }))
    .sort((a, b) => b.differing - a.differing || (a.feature < b.feature ? -1 : 1));
  const differing = rows.filter((names) => names.length > 0).length;
  const skewed = differing > max * rows.length;
  const told = columns.filter((column, at) => at === 0 || column.differing > max * rows.length);
  const findings = skewed
    ? told.slice(0, MOST_FINDINGS).map((column) => finding(column, rows.length, max, version))
    : [];
  return { rows: rows.length, differing, findings, columns };
}

function finding(
  { feature, differing }: { feature: string; differing: number },
  rows: number,
  limit: number,
  version: number,
): Finding {
  const value = differing / rows;
  const seen = `of ${rows} live rows asked again, ${differing} (${Math.round(value * 1000) / 10} %)`;
  const [message, mend] =
    feature === PREDICTION
      ? [
          `${seen} were predicted otherwise than before`,
          `the answers changed without a new version: compare the endpoint's image and artifact with those of version ${version}, and deploy it anew`,
        ]
      : [
          `${seen} got another ${feature} in serving than training gives them`,
          `the model reads what it never learned from: compare ${feature} in the artifact of version ${version} with its transform, and roll back or retrain`,
        ];
  return { kind: 'skew', severity: 'alarm', subject: feature, value, limit, message: `skew: ${message}`, mend };
}
