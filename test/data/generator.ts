/** Random numbers that are the same at every run. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export function generator(seed: number) {
  const random = xoroshiro128plus(seed);
  const uniform = () => ((random.next() >>> 0) + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const below = (end: number) => Math.floor(uniform() * end);
  return { uniform, normal, below };
}
