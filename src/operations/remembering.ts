/**
 * A reader of the bucket that keeps texts which do not change: entries of ledgers, while the list gives them the size and the
 * time that they had, what is asked for by its hash, and what was written once under a name of its own: plans, and what cycles and
 * passes found. `perennial audit` reads all anew. What several ask for at the same time is read once: the parts of a page all begin
 * with the ledger.
 */
import type { StoreReader } from '../aws/store-reader.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const LEDGER = /\/ledger\/\d+\.json$/;
const PLAN = /\/plans\/[0-9a-f]{64}\.json$/;
const WRITTEN_ONCE = /\/(cycles\/\d+\/evaluate\/evaluation|monitor\/[^/]+\/monitoring)\.json$/;

export function remembering(store: StoreReader): StoreReader {
  const texts = keeper<string>((text) => text.length);
  const contents = keeper<NonNullable<Awaited<ReturnType<StoreReader['content']>>>>(({ bytes }) => bytes);
  const stamps = new Map<string, string>();
  const stampOf = (uri: string) => stamps.get(uri) ?? (PLAN.test(uri) ? 'by its hash' : undefined);
  const list = async (prefix: string) => {
    const found = await store.list(prefix);
    for (const { uri, bytes, modified } of found)
      if (LEDGER.test(uri)) stamps.set(uri, `${bytes} ${modified.getTime()}`);
    return found;
  };
  const lists = together<Awaited<ReturnType<typeof list>>>();

  return {
    ...store,
    list: (prefix) => lists(prefix, () => list(prefix)),
    async getText(object) {
      const [uri, stamp] = typeof object === 'string' ? [object, stampOf(object)] : [object.uri, object.sha256];
      if (stamp === undefined) return store.getText(object);
      return texts.of(`${uri} ${stamp}`, () => store.getText(object));
    },
    async content(uri, withText) {
      if (!withText || !WRITTEN_ONCE.test(uri)) return store.content(uri, withText);
      return contents.of(uri, () => store.content(uri, true));
    },
  };
}

/** Keeps so many bytes of what was used last; what is not there is not kept. */
function keeper<T>(bytesOf: (value: T) => number) {
  const kept = new Map<string, T>();
  const reads = together<T | undefined>();
  let bytes = 0;
  return {
    async of<R extends T | undefined>(key: string, read: () => Promise<R>): Promise<R | T> {
      const value = kept.get(key) ?? ((await reads(key, read)) as R);
      if (value === undefined) return value;
      if (kept.delete(key)) bytes -= bytesOf(value as T);
      kept.set(key, value as T);
      bytes += bytesOf(value as T);
      for (const [oldest, held] of kept) {
        if (bytes <= MOST_BYTES) break;
        kept.delete(oldest);
        bytes -= bytesOf(held);
      }
      return value;
    },
  };
}

/** Who asks for something that is being read already waits for the same. */
function together<T>() {
  const underWay = new Map<string, Promise<T>>();
  return (key: string, read: () => Promise<T>): Promise<T> => {
    const reading = underWay.get(key) ?? read().finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}
