/** A cycle as it is told: while it runs, and how it ended. */
import { z } from 'zod';
import { OUTCOMES } from '../../workflows/shapes.ts';
import { by, count, estimate, instant, metrics, stage, trigger } from './parts.ts';

const stageProgress = z.object({
  stage,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  lines: z.array(z.string()),
});

const candidateProgress = z.object({
  candidate: z.string(),
  job: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  metrics: z.record(z.string(), z.number()),
  costUsd: z.number().optional(),
  reason: z.string().optional(),
  best: z.literal(true).optional(),
});

const evaluationSummary = z.object({
  sha256: z.string(),
  report: z.string(),
  rows: count,
  passed: z.boolean(),
  gates: z.array(z.object({ gate: z.string(), held: z.boolean(), found: z.string() })),
  challenger: metrics,
  champion: metrics.optional(),
  baseline: metrics,
});

export const cycleProgress = z
  .object({
    cycle: count,
    model: z.string(),
    trigger,
    by,
    reason: z.string().optional(),
    asOf: instant,
    planHash: z.string(),
    startedAt: instant,
    endedAt: instant.optional(),
    stage,
    stages: z.array(stageProgress),
    candidates: z.array(candidateProgress),
    evaluation: evaluationSummary.optional(),
    approval: z.object({ since: instant, until: instant, reminders: count }).optional(),
    rollout: z.string().optional(),
    outcome: z.enum(OUTCOMES).optional(),
  })
  .meta({ id: 'CycleProgress' });

export const cycleOutcome = z
  .object({
    cycle: count,
    outcome: z.enum(OUTCOMES),
    trigger,
    by,
    asOf: instant,
    startedAt: instant,
    endedAt: instant,
    reason: z.string(),
    stage: stage.optional(),
    failure: z.string().optional(),
    version: count.optional(),
    metrics: metrics.optional(),
    evaluation: z.object({ sha256: z.string(), report: z.string() }).optional(),
    costUsd: z.number().optional(),
    problems: z.array(z.string()).optional(),
  })
  .meta({ id: 'CycleOutcome' });

const stepVerdict = z.object({
  step: z.string(),
  at: instant,
  healthy: z.boolean(),
  requests: count,
  errorRate: z.number(),
  latencyP99: z.number().optional(),
  shift: z
    .object({ rows: count, psi: z.number(), champion: z.number().optional(), p: z.number(), limit: z.number() })
    .optional(),
  disagreement: z.object({ rows: count, mean: z.number(), limit: z.number() }).optional(),
  quality: z
    .object({ measure: z.string(), labels: count, challenger: estimate.optional(), champion: estimate.optional() })
    .optional(),
  alarms: z.array(z.string()).optional(),
  reason: z.string(),
});

export const rolloutProgress = z
  .object({
    endpoint: z.string(),
    weights: z.record(z.string(), z.number()),
    step: z.string(),
    paused: z.boolean(),
    lines: z.array(z.string()),
    verdicts: z.array(stepVerdict),
  })
  .meta({ id: 'RolloutProgress' });

/** A cycle by its number: at least one of its parts is there. */
export const cycleDetails = z
  .object({
    model: z.string(),
    cycle: count,
    state: z.enum(['waiting', 'running', 'ended']),
    progress: cycleProgress.optional(),
    rollout: rolloutProgress.optional(),
    activities: z.array(z.object({ activity: z.string(), attempt: count, text: z.string() })),
    outcome: cycleOutcome.optional(),
  })
  .meta({ id: 'CycleDetails' });
