/** `train` in a plan: which candidates, on what, and by which measure the best is chosen. */
import { z } from 'zod';
import { metric } from './metrics.ts';
import { besidePlan, machine, name } from './parts.ts';
import { duration } from './units.ts';

export const ALGORITHMS = [
  'xgboost',
  'gradient-boosting',
  'logistic-regression',
  'linear-regression',
  'script',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const range = z.union([
  z.tuple([z.number(), z.number()]).describe('Lowest and highest.'),
  z.strictObject({
    min: z.number(),
    max: z.number(),
    scale: z.enum(['linear', 'log', 'reverse-log']).default('linear'),
    whole: z.boolean().optional().describe('Whole numbers only; known by itself but for scripts.'),
  }),
  z.strictObject({
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(30),
  }),
]);

export const tune = z
  .strictObject({
    parameters: z
      .record(z.string(), range)
      .describe('Hyperparameter → what is tried: two numbers, a range, or values.'),
    strategy: z.enum(['bayesian', 'random', 'grid', 'hyperband']).default('bayesian'),
    jobs: z.number().int().min(1).max(100).default(10).describe('Training jobs at most.'),
    parallel: z.number().int().min(1).max(10).default(2).describe('Of them at once.'),
    earlyStopping: z.boolean().default(false).describe('Jobs that do worse than the median of the others are stopped.'),
  })
  .describe('A SageMaker tuning job; the best of its training jobs is the candidate.');

export const candidate = z.strictObject({
  algorithm: z.enum(ALGORITHMS),
  name: name.optional().describe('What to call it; the algorithm when left out.'),
  script: besidePlan('py')
    .optional()
    .describe('For `script`: your own Python file beside the plan; see docs/algorithms.md.'),
  hyperparameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])).default({}),
  tune: tune.optional(),
});

export const train = z.strictObject({
  objective: z.strictObject({ metric, goal: z.enum(['maximize', 'minimize']) }),
  candidates: z.array(candidate).min(1).max(10),
  baseline: z
    .enum(['linear', 'none'])
    .default('linear')
    .describe(
      'Trains a linear model beside the candidates, unless one of them is linear: what is not better is not needed.',
    ),
  classWeights: z
    .union([z.literal('balanced'), z.record(z.string(), z.number().positive().max(1e6))])
    .optional()
    .describe('How much the rows of each class count in training; balanced: as if all classes were equally frequent.'),
  instance: machine('ml.m5.xlarge')
    .extend({
      maxRuntime: duration.prefault('1h'),
      spot: z.boolean().default(false).describe('Spare capacity, cheaper, which AWS may take back: checkpoints go on.'),
    })
    .prefault({}),
  budget: z.strictObject({ perCycleUsd: z.number().positive() }).optional(),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(7),
});
