/** Which captured rows of a window are asked again. */
import type { Store } from '../aws/store.ts';
import type { Instance } from '../data/replay.ts';
import { inWindow } from '../data/seconds.ts';
import { captureObjects, readCaptures } from './captures.ts';
import type { Activities } from './interface.ts';

type Input = Parameters<Activities['replaySkew']>[0];

export interface Chosen {
  readonly instance: Instance;
  readonly scores: readonly number[];
}

/** At most `monitor.skew.rows` of the instances that came in the window, at even steps. */
export async function chosenRows(
  store: Store,
  { frozen, endpoint, champion, from, to, since = from }: Input,
  breathe: () => Promise<void>,
): Promise<Chosen[]> {
  const { model, monitor } = frozen.plan;
  const most = monitor.skew.rows;
  const where = { model, endpoint, version: champion.version };
  const objects = await captureObjects(store, where, Date.parse(from), Date.parse(to));
  const served = Math.min(Date.parse(since), Date.parse(from));
  const target = champion.facts.target;
  let kept: Chosen[] = [];
  let [seen, step] = [0, 1];
  await readCaptures(store, { objects, target }, breathe, ({ at, instances, scores }, object) => {
    if (at <= served || !inWindow(object.modified.getTime(), from, to)) return;
    for (const [index, instance] of instances.entries()) {
      if (seen++ % step === 0) kept.push({ instance, scores: scores[index] as readonly number[] });
      if (kept.length < 2 * most) continue;
      kept = kept.filter((_, place) => place % 2 === 0);
      step *= 2;
    }
  });
  if (kept.length <= most) return kept;
  return Array.from({ length: most }, (_, at) => kept[Math.floor((at * kept.length) / most)] as Chosen);
}
