/** What came to a version, and what it answered, beside the baselines of where it was trained and tested. */
import type { Store } from '../aws/store.ts';
import type { Duck } from '../data/duckdb.ts';
import { NOTHING, type Observed, observe } from '../data/observed.ts';
import { text } from '../data/sql.ts';
import { predictionCounts, readValueCounts } from '../data/value-counts.ts';
import type { Seen } from './seen.ts';
import type { ObjectRef, Version } from './types.ts';

/** Inputs against the baseline of the training rows, predictions against those on the test rows. */
export async function observedOf(store: Store, duck: Duck, champion: Version, seen: Seen): Promise<Observed> {
  if (seen.instances.length === 0) return NOTHING;
  const counted = async (object: ObjectRef, file: string) => {
    await store.getFile(object, duck.path(file));
    return readValueCounts(duck, `SELECT * FROM read_parquet(${text(duck.path(file))})`);
  };
  const baseline = await counted(champion.baseline, 'baseline.parquet');
  const predictions = await counted(champion.predictions, 'predictions.parquet');
  const { instances, fields } = seen;
  const predicted = predictionCounts({ ...champion.facts, values: seen.predictions });
  return observe(duck, baseline, predictions, { instances, fields: Object.fromEntries(fields), predicted });
}
