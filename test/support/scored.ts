/** Scored rows of a made-up world, the same at every run: what is predicted, and what came true. */
export interface World {
  readonly labels: number[];
  /** The chance that each row really had. */
  readonly truth: number[];
  /** An unsure copy of the truth: `noise` 0 is the truth itself; `shift` is added to every probability. */
  model(noise: number, shift?: number): number[];
}

export function scoredWorld(rows: number, seed = 1): World {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const truth = Array.from({ length: rows }, () => 0.02 + 0.6 * next() * next());
  const labels = truth.map((chance) => (next() < chance ? 1 : 0));
  return {
    labels,
    truth,
    model: (noise, shift = 0) =>
      truth.map((chance) => Math.min(1, Math.max(0, (1 - noise) * chance + noise * 0.5 * next() + shift))),
  };
}
