/** `prepare` in a plan: from source rows to what a model learns from. */
import { z } from 'zod';
import { besidePlan, column, share } from './parts.ts';
import { rowCount } from './units.ts';

const bounds = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'name min, max or both');
const quantiles = z.tuple([share, share]);
const cut = z.union([quantiles, bounds]);
const imputation = z.union([
  z.enum(['median', 'mean', 'mode', 'none']),
  z.strictObject({ constant: z.union([z.number(), z.string()]) }),
]);
const encoding = z.union([
  z.enum(['target', 'one-hot', 'frequency', 'ordinal', 'hash']),
  z.strictObject({
    target: z.strictObject({
      smoothing: z.number().min(0).max(1e6).default(20).describe('So many rows of the overall mean are mixed in.'),
      folds: z.number().int().min(2).max(20).default(5).describe('A training row is encoded by the other folds.'),
    }),
  }),
  z.strictObject({
    'one-hot': z.strictObject({ most: z.number().int().min(1).max(500).default(50).describe('Columns at most.') }),
  }),
  z.strictObject({ ordinal: z.array(z.string()).min(2).describe('The values, lowest first.') }),
  z.strictObject({ hash: z.strictObject({ buckets: z.number().int().min(2).max(4096).default(32) }) }),
]);
const scaling = z.enum(['none', 'standard', 'min-max', 'robust']);

/** One setting for all numbers, or one a feature; "*" stands for all numbers that are not named. */
const byFeature = <T extends z.ZodType>(setting: T) =>
  z.union([setting, z.record(z.string().regex(/^(\*|[A-Za-z_]\w*)$/, 'a feature, or "*"'), setting)]);

export const split = z
  .strictObject({
    by: z.string().regex(/^([A-Za-z_]\w*|random|hash\([A-Za-z_]\w*\))$/, 'the time column, random, or hash(column)'),
    validation: z.string(),
    test: z.string(),
    groups: column
      .optional()
      .describe('Rows that share its value belong together (a patient, a machine): refused when parts share a group.'),
  })
  .describe(
    'By time: the last `test`, before it `validation` (durations). By random or hash(column): shares, as "10%".',
  );

export const prepare = z.strictObject({
  engine: z.literal('duckdb').default('duckdb'),
  features: besidePlan('sql')
    .default('features.sql')
    .describe('A file beside the plan: one SELECT that gives row_id, the label and the features.'),
  derive: z
    .strictObject({
      tables: z
        .record(column, besidePlan('sql'))
        .describe('Table → a file beside the plan: one SELECT over the sources.'),
      history: z
        .string()
        .describe(
          'How much of the oldest training data they are computed from (a duration when split by time, else a share, as "20%"). It trains nothing else, so that no row knows its own label.',
        ),
    })
    .optional()
    .describe('Reference tables made from the past (a mean by airport, say), which travel with the model.'),
  label: column.describe(
    'The column of the features that is to be predicted. Binary: true or false, 0 or 1; multiclass: text or whole numbers; regression: a number.',
  ),
  unlabelled: z
    .enum(['refuse', 'leave-out'])
    .default('refuse')
    .describe('What becomes of rows whose label is missing.'),
  weight: column
    .optional()
    .describe('A column of the features (no feature itself): how much each training row counts.'),
  inputs: z
    .array(z.string().regex(/^[A-Za-z_]\w*\??$/))
    .min(1)
    .describe(
      'The columns known when a prediction is asked for: what a request carries. A trailing "?" marks one that a request may leave out. Features must need no other.',
    ),
  ignore: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/))
    .min(1)
    .optional()
    .describe(
      'Fields that a request may carry although nothing reads them: inputs that are no more, or are to come, until all who ask have changed. Any other is refused.',
    ),
  deduplicate: z
    .union([z.literal(true), z.array(column).min(1)])
    .optional()
    .describe('Of source rows equal in these columns (true: in all), the first stays.'),
  drop: z
    .record(column, cut)
    .default({})
    .describe('Training rows whose feature lies outside are left out: quantiles as [0.001, 0.999], or min and max.'),
  impute: byFeature(imputation)
    .default('median')
    .describe('What stands for a missing value; fitted on the training part. Text is left missing unless named.'),
  indicate: z
    .array(column)
    .default([])
    .describe('Features beside which a column `<feature>_missing` of 0 and 1 stands.'),
  clip: byFeature(cut)
    .optional()
    .describe('Numbers are cut at these quantiles of the training part, as [0.001, 0.999], or at min and max.'),
  encode: z.record(column, encoding).default({}).describe('How each feature that is text becomes numbers.'),
  scale: byFeature(scaling)
    .default('none')
    .describe('Numbers are shifted and stretched by what the training part shows; linear models scale by themselves.'),
  leaks: z
    .strictObject({
      alone: share
        .default(0.98)
        .describe('A feature that alone predicts the label this well (AUC or R², 0 to 1) is refused as a leak.'),
      allow: z
        .array(column)
        .default([])
        .describe("Features and inputs that may, or that may lie after the row's time."),
    })
    .prefault({}),
  split,
  sample: rowCount.optional().describe('At most so many training rows, chosen by a hash of the row.'),
});
