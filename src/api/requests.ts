/** Parts that requests have in common. */
import { z } from 'zod';

/** A model's. */
export const NAME = /^[a-z][a-z0-9-]{0,29}$/;

export const model = z
  .string()
  .regex(NAME, 'write the name of a model: small letters, digits and "-", at most 30')
  .meta({ description: 'The name of the model, as its plan says it' });

/** A path has texts only. */
export const cycle = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'write a whole number from 1 on')
  .meta({ description: 'The number of the cycle' });

/** A path of ours with its query: what a link from elsewhere may not turn into another site's. */
export const OUR_PATH = /^\/(?![/\\])[\w/?=&.%-]{0,500}$/;

export const reason = z
  .string()
  .max(4_000)
  .optional()
  .meta({ description: 'Why; it goes to the ledger with who the token says' });

export const instant = z.iso
  .datetime({ offset: true, error: 'write an instant such as 2001-05-01T00:00:00Z' })
  .transform((text) => new Date(text).toISOString());

const DEEPEST = 16;

/** Whether it can be written as JSON again as it was: a number as 1e999 could not, nor what lies a thousand lists deep. */
const writable = (value: unknown, depth = 0): boolean => {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((inner) => writable(inner, depth + 1));
};

/** A row as a request carries it to a model. */
export const instance = z
  .record(z.string(), z.unknown())
  .refine((row) => writable(row), `numbers must be finite, and nothing lies more than ${DEEPEST} deep`);
