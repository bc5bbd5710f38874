/** Charts, each drawn once while it stays the same: drawing takes a quarter of a second, and pages are looked at often. */
import { createHash } from 'node:crypto';
import { chart, type Spec } from '../report/chart.ts';
import type { Html } from '../report/html.ts';

const MOST = 200;
const kept = new Map<string, Html>();

export async function drawn(spec: Spec, told: string): Promise<Html> {
  const key = createHash('sha256')
    .update(JSON.stringify([spec, told]))
    .digest('hex');
  const picture = kept.get(key) ?? (await chart(spec, told));
  kept.delete(key);
  kept.set(key, picture);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST) break;
    kept.delete(oldest);
  }
  return picture;
}
