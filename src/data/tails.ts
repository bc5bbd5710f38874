/** Upper tails of test statistics: p-values. */
import gammainc from '@stdlib/math-base-special-gammainc';

/** The chance of a chi-square variable of so many degrees of freedom above `statistic`: the regularized upper incomplete gamma. */
export const chiSquareTail = (statistic: number, degrees: number): number =>
  statistic <= 0 ? 1 : gammainc(statistic / 2, degrees / 2, true, true);

/** The chance of Kolmogorov's limit distribution above `x`; of its two series (Feller, 1948) the one that converges fast. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  let total = 0;
  if (x < 1) {
    for (let k = 1; k <= 20; k++) total += Math.exp((-((2 * k - 1) ** 2) * Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * total;
  }
  for (let k = 1; k <= 20; k++) total += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return total;
}

/** The chance of `count` or more of `of` where each happens by itself with this chance: the binomial's upper tail. */
export function chanceOfMore(count: number, of: number, chance: number): number {
  if (count <= 0) return 1;
  if (chance <= 0 || count > of) return 0;
  // From the likeliest term down the sum of all below `count` is exact enough; logarithms keep large counts finite.
  let [log, below] = [of * Math.log1p(-chance), 0];
  for (let k = 0; k < count; k++) {
    below += Math.exp(log);
    log += Math.log(((of - k) / (k + 1)) * (chance / (1 - chance)));
  }
  return Math.max(0, 1 - below);
}
/** The chance of `count` events or fewer where `mean` are expected (Poisson): the upper incomplete gamma of count + 1. */
export const poissonBelow = (count: number, mean: number): number =>
  mean <= 0 ? 1 : gammainc(mean, count + 1, true, true);
