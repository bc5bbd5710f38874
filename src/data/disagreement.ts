/** How far two models lie apart on the same rows. */
import { alignClasses, type Scores, widthOf } from './scores.ts';

/**
 * The mean total variation distance of their answers (binary: the difference of the probabilities), 0 to 1. Of values: the
 * mean difference in standard deviations of the champion's; undefined where those are all equal.
 */
export function disagreement(challenger: Scores, champion: Scores): number | undefined {
  const { target, values: ours } = challenger;
  const { values: theirs } = alignClasses(champion, target);
  const rows = ours.length / widthOf(target);
  let apart = 0;
  for (let at = 0; at < ours.length; at++) apart += Math.abs((ours[at] as number) - (theirs[at] as number));
  if (target.problem === 'multiclass') return apart / rows / 2;
  if (target.problem === 'binary') return apart / rows;
  const deviation = deviationOf(theirs);
  return deviation > 0 ? apart / rows / deviation : undefined;
}

function deviationOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
}
