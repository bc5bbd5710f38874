/** Everything that a ledger names, read and hashed again a part at a time: for those who cannot wait for all of it. */
import { z } from 'zod';
import { type Archive, ledgerOf } from './archive.ts';
import { auditShape, chainOf } from './audit.ts';
import { checkedShape, checkNamed } from './audit-objects.ts';

export const verifyShape = z
  .object({
    model: z.string(),
    chain: auditShape.shape.chain,
    objects: checkedShape.describe('Of this part.'),
    next: z.int().optional().describe('Where the next part begins; absent when all was looked at.'),
  })
  .meta({ id: 'Verification' });
export type Verification = z.infer<typeof verifyShape>;

export interface VerifyAsked {
  readonly model: string;
  /** `next` of the part before. */
  readonly from?: number;
  /** Milliseconds after which no other object is begun. */
  readonly within: number;
}

export async function verify(archive: Archive, { model, from, within }: VerifyAsked): Promise<Verification> {
  const until = Date.now() + within;
  const ledger = await ledgerOf(archive, model);
  const { next, ...objects } = await checkNamed(archive, model, ledger, { skip: from, until });
  return { model, chain: chainOf(ledger), objects, ...(next !== undefined && { next }) };
}
