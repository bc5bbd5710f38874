/** Pieces that several shapes are made of. All shapes are zod's, written once: the API's schema and that of `--json` come from them. */
import { z } from 'zod';
import { STAGES, TRIGGERS } from '../../workflows/shapes.ts';

export const instant = z.string().meta({ format: 'date-time', description: 'An instant, ISO 8601 in UTC' });
export const count = z.int().min(0);
export const by = z.string().meta({ description: 'Who asked' });
export const trigger = z.enum(TRIGGERS);
export const stage = z.enum(STAGES);

export const estimate = z
  .object({ value: z.number(), low: z.number(), high: z.number() })
  .meta({ id: 'Estimate', description: 'A metric with the bounds of its 95 % interval' });
export const metrics = z.record(z.string(), estimate.optional());

export const objectRef = z.object({ uri: z.string(), sha256: z.string(), bytes: count });

export const finding = z
  .object({
    kind: z.enum(['drift', 'quality', 'service', 'data', 'skew']),
    severity: z.enum(['warn', 'alarm']),
    subject: z.string(),
    value: z.number(),
    limit: z.number(),
    message: z.string(),
    mend: z.string().optional(),
    estimated: z.literal(true).optional(),
  })
  .meta({ id: 'Finding', description: 'What a monitoring pass found' });

export const monitorMemory = z.object({
  streaks: z.record(z.string(), z.number()),
  raised: z.array(z.string()),
  volumes: z.array(z.number()),
});
