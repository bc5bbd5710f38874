/** What a plan may say: the one schema behind validation, the TypeScript types, the editor's JSON Schema and docs/plan.md. */
import { z } from 'zod';
import { evaluate, limit } from './evaluate.ts';
import { PROBLEMS } from './metrics.ts';
import { column, expectation, machine, name, share, source } from './parts.ts';
import { prepare } from './prepare.ts';
import { train } from './train.ts';
import { duration, scheduleText } from './units.ts';

export { METRICS, type Metric, type Problem } from './metrics.ts';

export const planSchema = z.strictObject({
  model: name.describe('What it is called everywhere: workflow, endpoint, API, keys in the bucket.'),
  objective: z.string().min(1).max(500).describe('What it is for, in a sentence.'),
  problem: z.enum(PROBLEMS).default('binary').describe('What the label is: one of two, one of several, or a number.'),
  owner: z.strictObject({ team: z.string().min(1), contact: z.string().min(1) }),
  collect: z.strictObject({
    sources: z.record(column, source),
    window: duration
      .optional()
      .describe('Rows whose time lies in (asOf - window, asOf]; all rows up to asOf when left out.'),
    expect: z.array(expectation).default([]),
  }),
  prepare,
  train,
  evaluate,
  approve: z
    .strictObject({
      mode: z.enum(['auto', 'manual']),
      timeout: duration.prefault('24h'),
      remindEvery: duration.prefault('4h'),
    })
    .prefault({ mode: 'manual' }),
  deploy: z.strictObject({
    instance: machine('ml.m5.large')
      .extend({ count: z.number().int().min(1).max(20).default(1) })
      .prefault({}),
    rollout: z
      .strictObject({
        steps: z.array(z.number().int().min(1).max(100)).min(1).default([10, 50, 100]),
        bake: duration.prefault('10m'),
        maxErrorRate: share.default(0.01),
        maxLatencyP99: duration.prefault('200ms'),
      })
      .prefault({}),
    keep: z.number().int().min(1).max(20).default(3).describe('Versions that can be rolled back to.'),
    capture: share.default(1).describe('The share of requests whose input and output are kept for monitoring, 0 to 1.'),
    api: z
      .strictObject({
        auth: z.literal('api-key').default('api-key'),
        rate: z.number().positive().default(100),
        burst: z.number().int().positive().default(200),
      })
      .prefault({}),
  }),
  monitor: z
    .strictObject({
      every: duration.prefault('1h').describe('How often the live model is looked at. A duration.'),
      drift: z
        .strictObject({
          method: z
            .enum(['psi', 'jensen-shannon', 'ks'])
            .default('psi')
            .describe('The effect size that alarms; all are computed, and chi-square with p-values beside them.'),
          warn: z.number().positive().default(0.1),
          alarm: z.number().positive().default(0.25),
          minRows: z.number().int().min(1).default(500),
        })
        .prefault({}),
      quality: z.array(limit).default([]),
      minLabels: z.number().int().min(1).default(1000),
      service: z.strictObject({ errorRate: share.default(0.01), latencyP99: duration.prefault('200ms') }).prefault({}),
      notify: z
        .array(z.string().regex(/^(mailto:.+@.+|https:\/\/.+|arn:aws:sqs:.+)$/, 'mailto:…, https://… or an SQS arn'))
        .default([]),
    })
    .prefault({}),
  retrain: z
    .strictObject({
      schedule: scheduleText.optional(),
      timeZone: z.string().default('UTC'),
      on: z.array(z.enum(['drift', 'quality'])).default([]),
      cooldown: duration.prefault('24h'),
      budget: z.strictObject({ cyclesPerMonth: z.number().int().min(1) }).optional(),
    })
    .prefault({}),
});

export type Plan = z.output<typeof planSchema>;
export type Gate = Plan['evaluate']['gates'][number];
export type Candidate = Plan['train']['candidates'][number];
export type Expectation = Plan['collect']['expect'][number];
