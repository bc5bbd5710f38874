/** What commands print with --json that the API does not answer; the compiler compares those of which the code has a type. */
import { z } from 'zod';
import { reportShape } from '../operations/report.ts';
import { modelStatus } from '../operations/shapes/index.ts';
import { by, count, estimate, instant, objectRef } from '../operations/shapes/parts.ts';

/** Any command that fails. */
export const failed = z.object({
  error: z.object({
    message: z.string(),
    hint: z.string().optional().describe('What mends it.'),
    problems: z
      .array(
        z.object({
          file: z.string(),
          line: z.int().optional(),
          path: z.string(),
          found: z.string(),
          mend: z.string(),
        }),
      )
      .optional()
      .describe('Of a plan: everything that is wrong with it.'),
  }),
});

export const reported = reportShape.omit({ html: true }).extend({ file: z.string().describe('Where it was put.') });

export const rolledBack = modelStatus.shape.lastRollback.unwrap();

export const retired = z.object({
  model: z.string(),
  by,
  reason: z.string().optional(),
  retired: z.literal(true),
  ledger: modelStatus.shape.ledger,
});

export const backtested = z.object({
  backtest: z.string(),
  origins: count,
  failed: z.record(z.string(), z.string()),
  metric: z.string(),
  curve: z.array(
    z.object({
      age: count,
      windows: count,
      metric: estimate.optional().describe('Absent where too few rows tell it.'),
      worse: estimate.optional(),
      paired: count,
    }),
  ),
  verdict: z.string(),
  costUsd: z.number(),
  details: objectRef,
  report: objectRef,
});
export const backtestStopped = z.object({
  model: z.string(),
  stopped: z.array(z.string()).describe('Ids of their workflows.'),
});

export const builds = z.array(
  z.object({
    build: z.string(),
    current: z.boolean(),
    status: z.string(),
    since: instant.optional(),
    open: z.record(z.string(), count).describe('Runs that are open on it, by kind of workflow.'),
  }),
);

export const replayed = z.object({
  replayed: count,
  broken: z.array(
    z.object({
      workflowId: z.string(),
      runId: z.string(),
      type: z.string(),
      open: z.boolean(),
      event: count.optional(),
      problem: z.string(),
    }),
  ),
});
export const notPromoted = replayed.extend({ promoted: z.literal(false) });

export const completed = z.object({ shell: z.string(), script: z.string() });
export const modelNames = z.object({ models: z.array(z.string()) });

export const access = z.object({ url: z.url(), key: z.string().describe('Goes in x-api-key; keep it to yourself.') });
export const opened = z.object({ url: z.url().describe('Signs a browser in, once.'), until: instant });

export const tokenMade = z.object({
  id: z.string(),
  role: z.enum(['viewer', 'operator', 'approver']),
  file: z.string(),
  token: z.string(),
});
