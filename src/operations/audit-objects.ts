/** Everything that a ledger names, looked at again: its entries, plans, models, evaluations, and by these the data itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { LedgerEntry, ObjectRef } from '../activities/types.ts';
import { canonical } from '../aws/ledger.ts';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { modelIdentity } from '../data/model-identity.ts';
import { keys } from '../names.ts';
import type { Kept } from '../workflows/shapes.ts';
import { type Archive, reading } from './archive.ts';

export const checkedShape = z.object({
  objects: z.number().describe('Looked at, the entries among them.'),
  bytes: z.number().describe('Read and hashed.'),
  broken: z.array(z.string()).describe('What is gone or is not what was written; empty when all is.'),
});
export type Checked = z.infer<typeof checkedShape>;

export interface CheckAsked {
  /** So many were looked at before. */
  readonly skip?: number;
  /** No other one is begun after this instant, in milliseconds since 1970; one always is. */
  readonly until?: number;
  readonly progress?: (text: string) => void;
}

/** `next` is there when some are left: give it as `skip`. */
export async function checkNamed(
  archive: Archive,
  model: string,
  ledger: readonly LedgerEntry[],
  { skip = 0, until = Number.POSITIVE_INFINITY, progress }: CheckAsked = {},
): Promise<Checked & { next?: number }> {
  const broken: string[] = [];
  let [at, bytes] = [0, 0];
  for await (const { uri, check } of named(archive, model, ledger)) {
    if (at > skip && Date.now() >= until) return { objects: at - skip, bytes, broken, next: at };
    if (at >= skip) {
      progress?.(`${at + 1}: ${uri}`);
      const found = await check();
      bytes += found.bytes;
      if (found.wrong !== undefined) broken.push(`${uri}: ${found.wrong}`);
    }
    at += 1;
  }
  return { objects: Math.max(0, at - skip), bytes, broken };
}

interface Named {
  readonly uri: string;
  check(): Promise<{ bytes: number; wrong?: string }>;
}

/** Entry by entry, each thing once: as a ledger grows, what was named before keeps its place. */
async function* named({ store }: Archive, model: string, ledger: readonly LedgerEntry[]): AsyncGenerator<Named, void> {
  const seen = new Set<string>();
  const fresh = (uri: string) => !seen.has(uri) && seen.add(uri);
  for (const entry of ledger) {
    const uri = store.uri(keys.ledger(model, entry.seq));
    yield { uri, check: () => written(store, uri, entry) };
    const plan = entry.event === 'plan applied' && store.uri(keys.plan(model, String(entry.facts.planHash)));
    if (plan && fresh(plan)) yield { uri: plan, check: () => there(store, plan) };
    const version = entry.event === 'serving' && (entry.facts.kept as Kept | undefined)?.version;
    if (!version) continue;
    const { artifact, facts, evaluation, baseline, predictions } = version;
    if (fresh(artifact)) yield { uri: artifact, check: () => sameModel(store, artifact, facts.sha256) };
    for (const object of [evaluation, baseline, predictions, ...(await ofEvaluation(store, evaluation))])
      if (fresh(object.uri)) yield { uri: object.uri, check: () => same(store, object) };
  }
}

type Store = Archive['store'];

/** The entry as it lies in S3, byte by byte. */
async function written(store: Store, uri: string, entry: LedgerEntry): ReturnType<Named['check']> {
  const text = await reading(() => store.getText(uri));
  const wrong = text === canonical(entry) ? undefined : 'its bytes are not those that Perennial writes';
  return { bytes: Buffer.byteLength(text), wrong };
}

async function there(store: Store, uri: string): ReturnType<Named['check']> {
  return { bytes: 0, wrong: (await reading(() => store.head(uri))) ? undefined : GONE };
}

async function same(store: Store, { uri, sha256 }: ObjectRef): ReturnType<Named['check']> {
  const found = await reading(() => store.content(uri));
  if (!found) return { bytes: 0, wrong: GONE };
  return { bytes: found.bytes, wrong: found.sha256 === sha256 ? undefined : otherwise(found.sha256, sha256) };
}

/** Training jobs write it, so the ledger names what is in it: model, transform and description. Its copy of the code is not. */
async function sameModel(store: Store, uri: string, sha256: string): ReturnType<Named['check']> {
  const found = await reading(() => store.head(uri));
  if (!found) return { bytes: 0, wrong: GONE };
  const folder = await mkdtemp(join(tmpdir(), 'perennial-audit-'));
  try {
    const file = join(folder, 'model.tar.gz');
    await reading(() => store.getFile(uri, file));
    const identity = await modelIdentity(file).catch(() => undefined);
    const other = identity === undefined ? 'it is no model that can be read' : otherwise(identity, sha256);
    return { bytes: found.bytes, wrong: identity === sha256 ? undefined : other };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Nothing of one that is not what was written: that is told of itself. */
async function ofEvaluation(store: Store, { uri, sha256 }: ObjectRef): Promise<ObjectRef[]> {
  const found = await reading(() => store.content(uri, true));
  if (found?.sha256 !== sha256) return [];
  const { data } = JSON.parse(found.text ?? '') as EvaluationDetails;
  const { inputs, labels, challenger, champion = [], sources = [], train, validation, transform } = data;
  const parts = [train, validation, transform].filter((one) => one !== undefined);
  return [inputs, labels, ...challenger, ...champion, ...parts, ...sources.map((one) => one.data)];
}

const GONE = 'it is gone';
const otherwise = (found: string, sha256: string): string => `its sha256 is ${found}, and ${sha256} was written`;
