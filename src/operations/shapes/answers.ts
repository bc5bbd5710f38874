/** What the verbs answer. */
import { z } from 'zod';
import { by, count, instant } from './parts.ts';

export const validated = z.object({ model: z.string(), hash: z.string(), valid: z.literal(true) });

export const wishAnswer = z.object({
  accepted: z.boolean(),
  wish: count.optional(),
  cycle: count.optional(),
  notBefore: instant.optional(),
  note: z.string().optional(),
});

export const decided = z.object({
  model: z.string(),
  cycle: count,
  decision: z.enum(['approve', 'reject']),
  by,
  reason: z.string().optional(),
  evaluation: z.string().optional(),
});

export const steered = z.object({
  model: z.string(),
  action: z.enum(['promote', 'abort']),
  by,
  reason: z.string().optional(),
});

export const cancelled = z.object({ model: z.string(), cycle: count, by });

export const held = z.object({ model: z.string(), by, reason: z.string().optional(), paused: z.boolean() });

export const retiring = z.object({
  model: z.string(),
  by,
  reason: z.string().optional(),
  retiring: z.literal(true),
});

export const started = z.object({ workflowId: z.string() });

const prediction = z.union([
  z.object({
    id: z.string(),
    label: z.string(),
    probability: z.number(),
    probabilities: z.record(z.string(), z.number()),
  }),
  z.object({ id: z.string(), probability: z.number(), label: z.boolean() }),
  z.object({ id: z.string(), value: z.number() }),
]);
export const predicted = z.object({ predictions: z.array(prediction), modelVersion: count });

export const toldLabels = z.object({ accepted: count });

const orphan = z.object({
  kind: z.string(),
  name: z.string(),
  model: z.string(),
  why: z.string(),
  arn: z.string().optional(),
  bytes: z.number().optional(),
});
export const swept = z.object({ found: z.array(orphan), deleted: count, unknown: z.array(z.string()) });
