/** Whose word an entry of the ledger is, as what is told of the ledger repeats it. Pure. */
import { z } from 'zod';
import type { LedgerEntry } from '../activities/types.ts';

export const word = { seq: z.number(), at: z.string(), by: z.string(), reason: z.string().optional() };
export type Word = Pick<LedgerEntry, 'seq' | 'at' | 'by' | 'reason'>;

export const wordOf = ({ seq, at, by, reason }: LedgerEntry): Word => ({
  ...{ seq, at, by },
  ...(reason !== undefined && { reason }),
});
