/** The folders of captures from the newest hour back, over all variants: of years of them only those that are asked for are listed. */
import type { StoredObject, StoreReader } from '../aws/store-reader.ts';
import { endpointName, hourFolder, keys } from '../names.ts';

/** Year, month, day, hour: `…/v3/2026/01/31/08/`. */
const DEPTH = 4;
const HOUR_MS = 3_600_000;

interface Hour {
  readonly folder: string;
  /** `2026/01/31/08` */
  readonly hour: string;
}

/** Objects of the newest hour first, within an hour the newest first. `around` leaves out hours further from it than one. */
export async function* capturesBack(
  store: Pick<StoreReader, 'folders' | 'list'>,
  model: string,
  around?: number,
): AsyncGenerator<StoredObject, void> {
  const root = `${keys.capture(model)}/${endpointName(model)}/`;
  const variants = (await store.folders(root)).filter((variant) => /^v\d+$/.test(variant));
  const [latest, earliest] =
    around === undefined ? ['~', ''] : [hourFolder(around + HOUR_MS), hourFolder(around - HOUR_MS)];
  const ways = await Promise.all(
    variants.map(async (variant) => {
      const hours = hoursBack(store, `${root}${variant}/`);
      return { hours, next: (await hours.next()).value };
    }),
  );
  for (;;) {
    const newest = ways.reduce<(typeof ways)[number] | undefined>(
      (best, way) => (way.next && (!best?.next || way.next.hour > best.next.hour) ? way : best),
      undefined,
    );
    if (!newest?.next || newest.next.hour < earliest) return;
    const { folder, hour } = newest.next;
    if (hour <= latest) {
      const objects = (await store.list(folder)).filter(({ key }) => key.endsWith('.jsonl'));
      yield* objects.sort((a, b) => b.modified.getTime() - a.modified.getTime());
    }
    newest.next = (await newest.hours.next()).value;
  }
}

async function* hoursBack(
  store: Pick<StoreReader, 'folders'>,
  folder: string,
  depth = DEPTH,
): AsyncGenerator<Hour, undefined> {
  if (depth === 0) {
    yield {
      folder,
      hour: folder
        .split('/')
        .slice(-1 - DEPTH, -1)
        .join('/'),
    };
    return undefined;
  }
  for (const name of (await store.folders(folder)).sort().reverse())
    yield* hoursBack(store, `${folder}${name}/`, depth - 1);
  return undefined;
}
