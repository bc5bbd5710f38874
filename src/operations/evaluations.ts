/** The evaluation of a version, as its ledger entry names it by hash. */
import type { ObjectRef } from '../activities/types.ts';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { type Archive, reading } from './archive.ts';

/** undefined when it is gone from the bucket. Throws `UserError` when it is not what was written. */
export async function evaluationOf({ store }: Archive, object: ObjectRef): Promise<EvaluationDetails | undefined> {
  return reading(async () => {
    if (!(await store.head(object.uri))) return undefined;
    return JSON.parse(await store.getText(object)) as EvaluationDetails;
  });
}
