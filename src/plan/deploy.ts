/** `deploy` in a plan: what serves, how a version takes over, and what is kept to return to. */
import { z } from 'zod';
import { machine, share } from './parts.ts';
import { duration } from './units.ts';

const rollout = z
  .strictObject({
    strategy: z
      .enum(['canary', 'shadow'])
      .default('canary')
      .describe(
        'shadow: before its first step the challenger answers copies of the requests, and nobody waits for it.',
      ),
    steps: z.array(z.number().int().min(1).max(100)).min(1).default([10, 50, 100]),
    bake: duration.prefault('10m').describe('How long each step is watched. A duration.'),
    probation: duration
      .prefault('10m')
      .describe('How long the version that serves alone is watched, and returned from by itself. A duration.'),
    maxErrorRate: share.default(0.01),
    maxLatencyP99: duration.prefault('200ms'),
    minRows: z
      .number()
      .int()
      .min(1)
      .default(100)
      .describe('With fewer predictions in a step the challenger is not judged by what it answers.'),
    maxShift: z
      .number()
      .positive()
      .default(0.25)
      .describe(
        "How far (PSI) the challenger's answers may lie from those on its test part, beyond what the champion's have moved.",
      ),
    maxDisagreement: z
      .number()
      .positive()
      .default(0.25)
      .describe(
        'How far champion and challenger may lie apart on the same live requests: the mean total variation distance of their answers, 0 to 1; of values, the mean difference in standard deviations.',
      ),
    minLabels: z
      .number()
      .int()
      .min(1)
      .default(200)
      .describe('With fewer outcomes since the rollout began the challenger is not judged by what came true.'),
    alarms: z
      .array(z.string().min(1).max(255))
      .max(100)
      .default([])
      .describe('CloudWatch alarms, by name, that turn a rollout back when they go to ALARM while it runs.'),
  })
  .prefault({});

export const deploy = z.strictObject({
  instance: machine('ml.m5.large')
    .extend({ count: z.number().int().min(1).max(20).default(1) })
    .prefault({}),
  scaling: z
    .strictObject({
      max: z.number().int().min(1).max(100).describe('Instances at most; `instance.count` are the fewest.'),
      requestsPerMinute: z.number().positive().describe('Requests a minute and instance that are aimed at.'),
    })
    .optional()
    .describe('Lets Application Auto Scaling choose the number of instances.'),
  rollout,
  keep: z.number().int().min(1).max(20).default(3).describe('Versions that can be rolled back to.'),
  capture: share.default(1).describe('The share of requests whose input and output are kept for monitoring, 0 to 1.'),
  api: z
    .strictObject({
      auth: z.literal('api-key').default('api-key'),
      rate: z.number().positive().default(100),
      burst: z.number().int().positive().default(200),
    })
    .prefault({}),
});
