/** Sums and squares of very large or very small numbers leave what a double holds: they are taken of shrunk numbers. Pure. */

/** No quotient of a feature lies beyond. */
export const LARGEST = Number.MAX_VALUE;

/**
 * 1, or the power of two that brings numbers of [low, high] near 1 when their squares would leave the range of doubles.
 * A product with it is exact, so that dividing a mean by it gives the mean.
 */
export function shrinkOf(low: number, high: number): number {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (largest === 0 || (largest < 1e120 && largest > 1e-120)) return 1;
  return 2 ** -Math.max(-1000, Math.min(1020, Math.ceil(Math.log2(largest)) + 1));
}
