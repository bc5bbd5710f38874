/** What cycles wrote that ended without a version: models and data parts; what tells of them (JSON, HTML) stays. */
import { registeredCycles } from '../aws/registry.ts';
import type { StoredObject } from '../aws/store.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';

export interface Leftovers {
  readonly kind: 'artifacts';
  /** The folder of the cycle. */
  readonly name: string;
  readonly model: string;
  readonly objects: readonly string[];
  readonly bytes: number;
}

/** Of one model. `kept` are cycles that are needed whatever the registry says; nothing of a cycle that wrote since `before`. */
export async function leftovers(
  { aws, store }: Pick<Deps, 'aws' | 'store'>,
  { model, kept, before }: { model: string; kept: readonly string[]; before: Date },
): Promise<Leftovers[]> {
  const folder = `${keys.model(model)}/cycles/`;
  const cycles = new Map<string, StoredObject[]>();
  for (const object of await store.list(folder)) {
    const cycle = object.key.slice(folder.length).split('/')[0] ?? '';
    cycles.set(cycle, [...(cycles.get(cycle) ?? []), object]);
  }
  const needed = new Set([...kept, ...(cycles.size > 0 ? await registeredCycles(aws.sagemaker, model) : [])]);
  return [...cycles].flatMap(([cycle, objects]) => {
    const heavy = objects.filter(({ key }) => !/\.(json|html)$/.test(key));
    const done = !needed.has(cycle) && objects.every(({ modified }) => modified < before);
    if (!done || heavy.length === 0) return [];
    const bytes = heavy.reduce((sum, object) => sum + object.bytes, 0);
    return [{ kind: 'artifacts', name: `${folder}${cycle}/`, model, objects: heavy.map(({ key }) => key), bytes }];
  });
}
