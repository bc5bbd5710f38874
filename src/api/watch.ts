/** Looks at models for all who watch them: one look at a time and model, however many watch. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';

export interface Sight {
  /** The same while what is seen is the same, whichever process looks. */
  readonly id: string;
  readonly text: string;
}

export interface Watcher {
  saw(sight: Sight): void;
  /** There is nothing to be seen any more. */
  ended(reason: string): void;
}

export type Watch = (model: string, watcher: Watcher) => () => void;

interface Watched {
  readonly watchers: Set<Watcher>;
  last?: Sight;
}

/** `look` gives what is seen of a model; it is called every so many milliseconds while anybody watches. */
export function watchBy(look: (model: string) => Promise<unknown>, every: number): Watch {
  const all = new Map<string, Watched>();

  async function go(model: string, watched: Watched): Promise<void> {
    while (watched.watchers.size > 0) {
      const found = await look(model).then(sightOf, (error: unknown) => error);
      if (!isSight(found)) {
        // Nobody answered: it may be otherwise in a moment. Anything else ends it.
        if (!(found instanceof UserError && found.kind === 'unanswered')) return end(watched, found);
      } else if (found.id !== watched.last?.id) {
        watched.last = found;
        for (const watcher of watched.watchers) watcher.saw(found);
      }
      await sleep(every, undefined, { ref: false });
    }
  }

  function end({ watchers }: Watched, error: unknown): void {
    const reason = error instanceof UserError ? error.message : 'something went wrong here';
    for (const watcher of watchers) watcher.ended(reason);
    watchers.clear();
  }

  return (model, watcher) => {
    const watched = all.get(model) ?? { watchers: new Set<Watcher>() };
    watched.watchers.add(watcher);
    if (all.has(model)) {
      if (watched.last) watcher.saw(watched.last);
    } else {
      all.set(model, watched);
      void go(model, watched).finally(() => {
        if (all.get(model) === watched) all.delete(model);
      });
    }
    return () => void watched.watchers.delete(watcher);
  };
}

export function sightOf(seen: unknown): Sight {
  const text = JSON.stringify(seen);
  return { id: createHash('sha256').update(text).digest('hex').slice(0, 16), text };
}

const isSight = (found: unknown): found is Sight => typeof found === 'object' && found !== null && 'text' in found;
