/** The parts that a plan's schema is made of. */
import { z } from 'zod';

export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,29}$/, 'use 1 to 30 of a-z, 0-9 and "-", starting with a letter');
export const column = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'a column name: letters, digits and "_"');
export const share = z.number().min(0).max(1);

/** A file beside the plan, in its folder or below: no path climbs out of it. */
export const besidePlan = (ending: string) =>
  z
    .string()
    .regex(new RegExp(`^(?!.*\\.\\.)[\\w-][\\w./-]*\\.${ending}$`), `a file beside the plan, as mine/name.${ending}`);

export const source = z.strictObject({
  uri: z
    .string()
    .min(1)
    .describe('Where the rows are: a path relative to the plan, s3://bucket/key, http:// or https://.'),
  format: z.enum(['parquet', 'csv', 'json']).optional().describe('Told from the ending of the uri when left out.'),
  time: column
    .optional()
    .describe('The column that says when a row happened. The source that has it is the one rows are predicted for.'),
  reference: z.boolean().default(false).describe('A small table that features join to; it travels with the model.'),
});

export const expectation = z.union([
  z.strictObject({
    rows: z.strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(0).optional() }),
  }),
  z.strictObject({
    column,
    table: column.optional().describe('The source that has the column; the main source when left out.'),
    min: z.number().optional(),
    max: z.number().optional(),
    missing: share.optional().describe('The largest allowed share of missing values, 0 to 1.'),
    unique: z.literal(true).optional(),
    in: z
      .union([z.array(z.union([z.string(), z.number()])).min(1), z.strictObject({ table: column, column })])
      .optional(),
    outside: share.default(0).describe('The share of rows that may break min, max or in, 0 to 1.'),
  }),
]);

export const machine = (type: string) =>
  z.strictObject({
    type: z
      .string()
      .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.large')
      .default(type),
    usdPerHour: z.number().positive().optional().describe('Its price, where Perennial does not know it.'),
  });
