/** Everything that a ledger names by hash, read again: plans, evaluations, and by these the data itself. */
import { z } from 'zod';
import type { LedgerEntry, ObjectRef } from '../activities/types.ts';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { keys } from '../names.ts';
import type { Kept } from '../workflows/shapes.ts';
import { type Archive, reading } from './archive.ts';

export const checkedShape = z.object({
  objects: z.number().describe('Looked at, the entries among them.'),
  bytes: z.number().describe('Read and hashed.'),
  broken: z.array(z.string()).describe('What is gone or is not what was written; empty when all is.'),
});
export type Checked = z.infer<typeof checkedShape>;

/** Objects that are named by hash are read whole, of the others it is looked whether they are there. */
export async function checkObjects(
  { store }: Archive,
  model: string,
  ledger: readonly LedgerEntry[],
  progress?: (text: string) => void,
): Promise<Checked> {
  const hashed = new Map<string, ObjectRef>();
  const there = new Set<string>();
  const broken: string[] = [];
  let bytes = 0;
  for (const { event, facts } of ledger) {
    if (event === 'plan applied') there.add(store.uri(keys.plan(model, String(facts.planHash))));
    const version = event === 'serving' && (facts.kept as Kept | undefined)?.version;
    if (!version) continue;
    there.add(version.artifact);
    for (const object of [version.evaluation, version.baseline, version.predictions]) hashed.set(object.uri, object);
  }
  // What evaluations name is added while the map is gone through.
  for (const object of hashed.values()) {
    progress?.(`${object.uri} of ${hashed.size + there.size} objects`);
    const text = await content(object);
    if (text === undefined || !object.uri.endsWith('/evaluation.json')) continue;
    for (const named of namedBy(JSON.parse(text) as EvaluationDetails))
      if (!hashed.has(named.uri)) hashed.set(named.uri, named);
  }
  for (const uri of there) if (!(await reading(() => store.head(uri)))) broken.push(`${uri}: it is gone`);
  return { objects: hashed.size + there.size, bytes, broken };

  async function content(object: ObjectRef): Promise<string | undefined> {
    const found = await reading(() => store.content(object.uri, object.uri.endsWith('/evaluation.json')));
    if (!found) broken.push(`${object.uri}: it is gone`);
    else if (found.sha256 !== object.sha256)
      broken.push(`${object.uri}: its sha256 is ${found.sha256}, and ${object.sha256} was written`);
    bytes += found?.bytes ?? 0;
    return found?.sha256 === object.sha256 ? found.text : undefined;
  }
}

function namedBy({ data }: EvaluationDetails): ObjectRef[] {
  const { inputs, labels, challenger, champion = [], sources = [], train, validation, transform } = data;
  const parts = [train, validation, transform].filter((one) => one !== undefined);
  return [inputs, labels, ...challenger, ...champion, ...parts, ...sources.map((one) => one.data)];
}
