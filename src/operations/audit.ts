/** What served when, who decided, on which data; and whether the ledger that says so is whole. */
import { z } from 'zod';
import type { LedgerEntry } from '../activities/types.ts';
import { hashOf, NO_PREVIOUS, verifyLedger } from '../aws/ledger.ts';
import { UserError } from '../errors.ts';
import { type Archive, ledgerOf } from './archive.ts';
import { checkedShape, checkNamed } from './audit-objects.ts';
import { type Served, servedAt, servedShape } from './audit-served.ts';
import { evaluationOf } from './evaluations.ts';

const entryShape = z.object({
  seq: z.number(),
  previous: z.string(),
  hash: z.string().describe('The sha256 of the entry, which the next one names.'),
  at: z.string(),
  event: z.string(),
  by: z.string(),
  reason: z.string().optional(),
  facts: z.record(z.string(), z.unknown()),
});

export const auditShape = z
  .object({
    model: z.string(),
    chain: z.object({
      entries: z.number(),
      head: z.string(),
      broken: z.array(z.string()).describe('What is wrong with the chain; empty when it is whole.'),
    }),
    objects: checkedShape.optional().describe('With `verify`: what the ledger names, read and hashed again.'),
    entries: z.array(entryShape).optional().describe('In order; without `at`.'),
    next: z.number().optional().describe('Give it as `after` to see what came later.'),
    at: z.string().optional(),
    served: servedShape.optional().describe('With `at`; absent when nothing served then.'),
  })
  .meta({ id: 'Audit' });
export type Audit = z.infer<typeof auditShape>;

export interface AuditAsked {
  readonly model: string;
  readonly at?: string;
  readonly verify?: boolean;
  /** Entries after this one. */
  readonly after?: number;
  readonly limit?: number;
  readonly progress?: (text: string) => void;
}

export async function audit(archive: Archive, asked: AuditAsked): Promise<Audit> {
  const { model, at, verify, after = 0, limit = Number.POSITIVE_INFINITY, progress } = asked;
  const ledger = await ledgerOf(archive, model);
  const objects = verify ? await checkNamed(archive, model, ledger, { progress }) : undefined;
  const found = { model, chain: chainOf(ledger), ...(objects && { objects }) };
  if (at === undefined) {
    const later = ledger.filter(({ seq }) => seq > after);
    const entries = later.slice(0, limit).map((entry) => ({ ...entry, hash: hashOf(entry) }));
    return { ...found, entries, ...(later.length > limit && { next: entries.at(-1)?.seq }) };
  }
  const [first] = ledger;
  if (first && at < first.at)
    throw new UserError(`the ledger of ${model} begins at ${first.at}`, 'give an instant after that', 'wrong');
  return { ...found, at, served: await told(archive, ledger, at) };
}

/** Pure. */
export function chainOf(ledger: readonly LedgerEntry[]): Audit['chain'] {
  const broken = verifyLedger(ledger);
  const [first, head] = [ledger[0], ledger.at(-1)];
  if (first && first.seq !== 1) broken.unshift(`entry ${first.seq}: it is the first one, and entry 1 is gone`);
  return { entries: ledger.length, head: head ? hashOf(head) : NO_PREVIOUS, broken };
}

/** Whether anything is not as it was written. */
export const isBroken = ({ chain, objects }: Audit): boolean =>
  chain.broken.length > 0 || (objects?.broken.length ?? 0) > 0;

async function told(archive: Archive, ledger: readonly LedgerEntry[], at: string): Promise<Served | undefined> {
  const served = servedAt(ledger, at);
  if (!served) return undefined;
  const { asOf, data } = (await evaluationOf(archive, served.evaluation)) ?? {};
  return {
    ...served,
    ...(asOf && { asOf }),
    ...(data && { data: { sources: [...(data.sources ?? [])], ...parts(data) } }),
  };
}

const parts = ({
  train,
  validation,
  labels,
  transform,
}: NonNullable<Awaited<ReturnType<typeof evaluationOf>>>['data']) => ({
  ...(train && { train }),
  ...(validation && { validation }),
  ...(transform && { transform }),
  test: labels,
});
