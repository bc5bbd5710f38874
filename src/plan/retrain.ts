/** `retrain` in a plan: when a cycle starts by itself, and how far that may go. */
import { z } from 'zod';
import { duration, scheduleText } from './units.ts';

export const retrain = z
  .strictObject({
    schedule: scheduleText.optional(),
    timeZone: z.string().default('UTC'),
    on: z.array(z.enum(['drift', 'quality'])).default([]),
    debounce: duration
      .prefault('1m')
      .describe('How long a wish waits for others to join it before its cycle starts. A duration.'),
    cooldown: duration.prefault('24h').describe('How long after a cycle no automatic one starts. A duration.'),
    attempts: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(2)
      .describe(
        'After so many cycles for drift or quality without a calm pass in between, such cycles stop and a person is told.',
      ),
    budget: z
      .strictObject({
        cyclesPerMonth: z.number().int().min(1).optional(),
        usdPerMonth: z.number().positive().optional().describe('No automatic cycle may cost more than is left of it.'),
      })
      .optional()
      .describe('Of the calendar month (UTC). Cycles that persons ask for count, and are never refused.'),
  })
  .prefault({});
