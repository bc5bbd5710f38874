/** An instance through a version's own transform, step by step, by the DuckDB here. */
import { mkdir } from 'node:fs/promises';
import type { Version } from '../activities/types.ts';
import { withDuckDB } from '../data/duckdb.ts';
import {
  type FeatureRow,
  featuresOf,
  type Instance,
  loadInstances,
  rawFeatures,
  readTransform,
} from '../data/replay.ts';
import { unpack } from '../data/unpack.ts';
import { UserError } from '../errors.ts';
import { keys } from '../names.ts';
import { type Archive, reading } from './archive.ts';

export interface Transformed {
  /** What features.sql gives, by its columns. */
  readonly raw: Instance;
  /** What the model reads, in its order. */
  readonly features: FeatureRow;
}

/** Throws `UserError` for an instance that the model does not take. */
export async function transformed(
  { store }: Archive,
  model: string,
  { cycle }: Version,
  instance: Instance,
): Promise<Transformed> {
  const archive = store.uri(keys.cycle(model, cycle, 'prepared', 'transform.tar.gz'));
  return withDuckDB(async (duck) => {
    const [packed, folder] = [duck.path('transform.tar.gz'), duck.path('transform')];
    await mkdir(folder);
    await reading(() => store.getFile(archive, packed));
    await reading(() => unpack(packed, folder));
    const transform = await readTransform(folder);
    refuseUnknown(instance, transform.inputs);
    await loadInstances(duck, { transform, folder }, [instance]);
    const [[raw = {}], [features = {}]] = [await rawFeatures(duck, transform), await featuresOf(duck, transform)];
    return { raw, features };
  });
}

function refuseUnknown(instance: Instance, inputs: readonly { name: string; optional: boolean }[]): void {
  const takes = `it takes ${inputs.map(({ name, optional }) => (optional ? `${name}?` : name)).join(', ')}`;
  const unknown = Object.keys(instance).find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) throw new UserError(`"${unknown}" is no input of this model`, takes, 'wrong');
  const missing = inputs.find(({ name, optional }) => !optional && !Object.hasOwn(instance, name));
  if (missing)
    throw new UserError(
      `"${missing.name}" is missing in the instance`,
      `${takes}; send null if it is unknown`,
      'wrong',
    );
}
