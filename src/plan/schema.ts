/** What a plan may say: the one schema behind validation, the TypeScript types, the editor's JSON Schema and docs/plan.md. */
import { z } from 'zod';
import { deploy } from './deploy.ts';
import { evaluate } from './evaluate.ts';
import { PROBLEMS } from './metrics.ts';
import { ML_TEST_NAMES } from './ml-tests.ts';
import { monitor } from './monitor.ts';
import { column, expectation, name, source } from './parts.ts';
import { prepare } from './prepare.ts';
import { retrain } from './retrain.ts';
import { train } from './train.ts';
import { duration } from './units.ts';

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
  deploy,
  monitor,
  retrain,
  tested: z
    .partialRecord(z.enum(ML_TEST_NAMES), z.string().min(10).max(500))
    .optional()
    .describe('What people tested by hand: test of the ML Test Score → what was found, when, and where it is kept.'),
});

export type Plan = z.output<typeof planSchema>;
export type Gate = Plan['evaluate']['gates'][number];
export type Candidate = Plan['train']['candidates'][number];
export type Expectation = Plan['collect']['expect'][number];
