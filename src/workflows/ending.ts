/** How a cycle ends, and what it tells of its end. */
import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  workflowInfo,
} from '@temporalio/workflow';
import { modelWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { cycleCancelled } from './messages.ts';
import type { CycleOutcome, CycleResult, Deployment, Outcome } from './shapes.ts';
import type { Story } from './story.ts';
import { why } from './why.ts';

export async function end(
  story: Story,
  outcome: Outcome,
  reason: string,
  deployment?: Deployment,
): Promise<CycleResult> {
  if (!deployment) story.problems.push(...(await story.undos.run()));
  story.board.end(outcome);
  return {
    outcome: told(story, outcome, reason, deployment),
    deployment,
    watching: story.watching,
    verdicts: story.verdicts,
  };
}

export async function asEnd(story: Story, error: unknown): Promise<unknown> {
  const { board } = story;
  if (isCancellation(error)) {
    board.end('cancelled');
    await tellModel(story, told(story, 'cancelled', why(error).message));
    return error;
  }
  const { type, message } = why(error);
  const failed = board.progress.stage;
  board.say(message);
  board.end('failed');
  const outcome = { ...told(story, 'failed', `${failed}: ${message}`), failure: type };
  const result: CycleResult = { outcome, watching: story.watching };
  return ApplicationFailure.create({ message, type, nonRetryable: true, details: [result] });
}

/** That it was cancelled is all that the failure of such a child says to its parent. */
async function tellModel({ scope }: Story, outcome: CycleOutcome): Promise<void> {
  if (!workflowInfo().parent) return;
  try {
    await CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(modelWorkflowId(scope.model)).signal(cycleCancelled, outcome),
    );
  } catch (error) {
    log.warn(`the model could not be told what the cycle has cost: ${why(error).message}`);
  }
}

function told({ input, scope, board, ...story }: Story, outcome: Outcome, reason: string, deployment?: Deployment) {
  const { evaluation, startedAt, stage } = board.progress;
  return {
    cycle: scope.cycle,
    outcome,
    trigger: input.trigger,
    by: input.by,
    asOf: scope.asOf,
    startedAt,
    endedAt: now(),
    reason,
    stage,
    version: deployment?.champion.kept.version.version,
    metrics: evaluation?.challenger,
    evaluation: evaluation && { sha256: evaluation.sha256, report: evaluation.report },
    costUsd: board.costUsd,
    problems: story.problems.length ? [...story.problems] : undefined,
  } satisfies CycleOutcome;
}
