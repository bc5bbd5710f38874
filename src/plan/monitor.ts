/** `monitor` in a plan: what is looked at while a version serves, and who is told. */
import { z } from 'zod';
import { limit } from './evaluate.ts';
import { share } from './parts.ts';
import { duration } from './units.ts';

const drift = z
  .strictObject({
    method: z
      .enum(['psi', 'jensen-shannon', 'ks'])
      .default('psi')
      .describe('The effect size that alarms; all are computed, and chi-square with p-values beside them.'),
    warn: z.number().positive().default(0.1),
    alarm: z.number().positive().default(0.25),
    minRows: z.number().int().min(1).default(500),
    consecutive: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('So many passes in a row must see it before it is an alarm; then it stays one until below `warn`.'),
    significance: z
      .number()
      .gt(0)
      .lte(1)
      .default(0.01)
      .describe('How often, at most, a pass may find drift where there is none, over all columns together.'),
  })
  .prefault({});

const data = z
  .strictObject({
    missing: share
      .default(0.1)
      .describe("How far the share of missing values of an input may rise above the training part's."),
    mistyped: share
      .default(0.01)
      .describe('The share of rows in which an input may be of another type than in training.'),
    refused: share.default(0.1).describe('The share of requests that the model may refuse.'),
    constant: z
      .boolean()
      .default(true)
      .describe('Whether an input that always has one value, and had several in training, is bad data.'),
    volume: share
      .default(0.1)
      .describe(
        'Fewer requests than this share of what the last passes saw, in the same time, are bad data; 0: never.',
      ),
  })
  .prefault({})
  .describe('What is bad data rather than drift: it quarantines the model instead of retraining it.');

export const monitor = z
  .strictObject({
    every: duration.prefault('1h').describe('How often the live model is looked at. A duration.'),
    drift,
    data,
    quality: z.array(limit).default([]),
    minLabels: z.number().int().min(1).default(1000),
    estimate: z
      .boolean()
      .default(true)
      .describe('Whether quality is estimated from the probabilities until outcomes come (CBPE). It warns at most.'),
    skew: z
      .strictObject({
        rows: z.number().int().min(0).max(1000).default(100).describe('Captured rows replayed in a pass; 0: none.'),
        max: share.default(0.01).describe('The share of replayed rows that may come out otherwise.'),
      })
      .prefault({})
      .describe('Whether live requests become the same features and predictions in serving as in training.'),
    service: z
      .strictObject({
        errorRate: share.default(0.01),
        latencyP99: duration.prefault('200ms'),
        cpu: share.default(0.9).describe('Of all processors of an instance, 0 to 1.'),
        memory: share.default(0.9),
      })
      .prefault({}),
    notify: z
      .array(z.string().regex(/^(mailto:.+@.+|https:\/\/.+|arn:aws:sqs:.+)$/, 'mailto:…, https://… or an SQS arn'))
      .default([]),
  })
  .prefault({});
