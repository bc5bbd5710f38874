/** Holm's step-down correction (Scand. J. Statistics 6, 1979): many tests that together find what is not there as rarely as one. */

/** Adjusted p-values in the order given: those at most α may be rejected together, erring at all with chance α at most. */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const adjusted = new Array<number>(values.length);
  let largest = 0;
  order.forEach((at, rank) => {
    largest = Math.max(largest, Math.min(1, (values[at] as number) * (values.length - rank)));
    adjusted[at] = largest;
  });
  return adjusted;
}
