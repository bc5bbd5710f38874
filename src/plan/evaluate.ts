/** `evaluate` in a plan: what a challenger must reach. */
import { z } from 'zod';
import { metric } from './metrics.ts';
import { column, share } from './parts.ts';

const ofClass = z
  .string()
  .min(1)
  .optional()
  .describe('That class against all others: auc, pr_auc, precision, recall, f1.');

export const gate = z.union([
  z.strictObject({
    metric,
    class: ofClass,
    min: z.number().optional(),
    max: z.number().optional(),
    slice: column.optional(),
    minRows: z.number().int().min(1).default(1000),
  }),
  z.strictObject({
    metric,
    class: ofClass,
    versusChampion: z
      .number()
      .describe(
        "How much better the challenger must be, in the metric's better direction; negative allows to be that much worse.",
      ),
    confidence: z.number().gt(0.5).lt(1).default(0.95).describe('Of the one-sided paired bootstrap.'),
  }),
]);

export const threshold = z
  .union([
    share,
    z.strictObject({
      maximize: z.enum(['f1', 'accuracy', 'precision', 'recall']),
      atLeast: z
        .strictObject({ precision: share.optional(), recall: share.optional() })
        .optional()
        .describe('Only thresholds that keep these.'),
    }),
    z.strictObject({
      costs: z.strictObject({ falsePositive: z.number().min(0), falseNegative: z.number().min(0) }),
    }),
  ])
  .describe(
    'Binary: from which probability on a row counts as positive. A share, or chosen on the validation part: what maximizes a measure, or has the least cost.',
  );

export const evaluate = z
  .strictObject({
    gates: z.array(gate).default([]),
    slices: z.array(column).default([]).describe('Columns whose values are reported one by one.'),
    threshold: threshold.default(0.5),
    baseline: z
      .enum(['required', 'reported'])
      .default('required')
      .describe(
        "Whether a challenger must be better, by the objective, than always answering with the training part's shares or mean.",
      ),
  })
  .prefault({});

/** A limit that a live model is held to. */
export const limit = z.strictObject({
  metric,
  class: ofClass,
  min: z.number().optional(),
  max: z.number().optional(),
});
