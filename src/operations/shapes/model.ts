/** A model as it tells of itself. */
import { z } from 'zod';
import { cycleOutcome, cycleProgress, rolloutProgress } from './cycle.ts';
import { by, count, finding, instant, metrics, monitorMemory, objectRef, trigger } from './parts.ts';

const hold = z.object({ at: instant, by, reason: z.string().optional() });
const stop = z.object({ since: instant, reason: z.string(), report: z.string().optional() });

export const rollbackStarted = z.object({ label: z.string(), from: count, to: count }).meta({ id: 'RollbackStarted' });

const wish = z.object({
  id: count,
  trigger,
  by,
  reason: z.string().optional(),
  asOf: instant.optional(),
  at: instant,
  about: count.optional(),
  joined: count,
  joinedBy: z.array(z.string()).optional(),
  notBefore: instant.optional(),
});

const monitorSummary = z.object({
  id: z.string(),
  version: count,
  from: instant,
  to: instant,
  requests: count,
  labelled: count,
  quality: metrics,
  findings: z.array(finding),
  memory: monitorMemory.optional(),
  report: z.string(),
});

const current = z.object({
  cycle: count,
  workflowId: z.string(),
  trigger,
  by,
  reason: z.string().optional(),
  startedAt: instant,
  progress: cycleProgress.optional(),
  rollout: rolloutProgress.optional(),
  activities: z
    .array(z.object({ activity: z.string(), attempt: count, text: z.string() }))
    .meta({ description: 'What its activities that have not ended last told: rounds, trials, rows' })
    .optional(),
});

export const modelStatus = z
  .object({
    model: z.string(),
    plan: z.object({ hash: z.string(), objective: z.string(), appliedAt: instant, by }).optional(),
    champion: z
      .object({ version: count, since: instant, algorithm: z.string(), cycle: count, metrics })
      .meta({ description: 'The version that serves' })
      .optional(),
    current: current.meta({ description: 'The cycle that runs' }).optional(),
    approval: z.object({ cycle: count, evaluation: z.string(), since: instant, until: instant }).optional(),
    rollback: rollbackStarted.optional(),
    lastRollback: rollbackStarted.extend({ outcome: z.string(), reason: z.string(), at: instant }).optional(),
    queue: z.array(wish),
    outcomes: z.array(cycleOutcome).meta({ description: 'The last ten cycles that ended, newest first' }),
    cycles: count,
    cyclesThisMonth: count,
    usdThisMonth: z.number(),
    paused: hold.optional(),
    quarantine: stop.optional(),
    breaker: stop.optional(),
    retired: hold.optional(),
    versions: z.array(z.object({ version: count, cycle: count, registeredAt: instant })),
    monitor: monitorSummary.optional(),
    api: z.object({ url: z.string(), keyId: z.string() }).optional(),
    dashboard: z.string().optional(),
    topicArn: z.string().optional(),
    nextRuns: z.object({ retrain: instant.optional(), monitor: instant.optional() }).optional(),
    ledger: z.object({ entries: count, hash: z.string(), pending: count }),
    problems: z.array(z.string()),
  })
  .meta({ id: 'ModelStatus' });

export const modelSummary = z
  .object({
    model: z.string(),
    version: count.optional(),
    outcome: z.string().optional(),
    startedAt: instant,
  })
  .meta({ id: 'ModelSummary' });

const monitorReport = z.object({
  id: z.string(),
  version: count,
  from: instant,
  to: instant,
  requests: count,
  rows: count,
  labelled: count,
  drift: z.record(z.string(), z.number()),
  quality: metrics,
  estimated: metrics.optional(),
  findings: z.array(finding),
  judged: z.boolean(),
  memory: monitorMemory,
  details: objectRef,
  report: objectRef,
});

export const monitorResult = z
  .object({ report: monitorReport.optional(), note: z.string().optional() })
  .meta({ id: 'MonitorResult' });
