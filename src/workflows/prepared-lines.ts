/** What preparation left, in short sentences. */
import type { LabelSummary, Prepared } from '../activities/types.ts';
import { figure } from './details.ts';

export function preparedLines({ rows, features, labels, target, leftOut, warnings }: Prepared): string[] {
  const { duplicates, unlabelled, history, outliers } = leftOut;
  const left = [
    ...(duplicates > 0 ? [`${duplicates} duplicates`] : []),
    ...(unlabelled > 0 ? [`${unlabelled} rows without a label`] : []),
    ...(history > 0 ? [`${history} rows of history`] : []),
    ...Object.entries(outliers)
      .filter(([, dropped]) => dropped > 0)
      .map(([feature, dropped]) => `${dropped} by ${feature}`),
  ];
  const parts = [labels.train, labels.validation, labels.test];
  return [
    `${rows.train} rows to train, ${rows.validation} to validate, ${rows.test} to test; ${features.length} features`,
    target.problem === 'binary'
      ? `positive labels: ${parts.map((label) => percent(label, 1)).join(', ')}`
      : labelLine(target.classes, labels.train),
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...warnings,
  ];
}

function labelLine(classes: readonly string[] | undefined, label: LabelSummary): string {
  if ('mean' in label)
    return `labels to train on: mean ${figure(label.mean)}, median ${figure(label.median)}, standard deviation ${figure(label.deviation)}`;
  const shown = (classes ?? []).slice(0, SHOWN).map((name, at) => `${name} ${percent(label, at)}`);
  const more = (classes?.length ?? 0) - shown.length;
  return `labels to train on: ${shown.join(', ')}${more > 0 ? ` and ${more} classes more` : ''}`;
}

const SHOWN = 8;

const percent = (label: LabelSummary, at: number): string =>
  'shares' in label ? `${(100 * (label.shares[at] ?? 0)).toFixed(1)} %` : '';
