/** Approval: by the plan, or by a person who is reminded until the time is up. */
import { condition, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';
import type { CycleScope, Evaluation } from '../activities/types.ts';
import { modelWorkflowId } from '../names.ts';
import { span } from '../plan/span.ts';
import { tell } from './act.ts';
import { type Board, now } from './board.ts';
import { approvalWanted, type Decision, decided } from './messages.ts';
import { isDecision } from './told.ts';
import { why } from './why.ts';

export interface Approval {
  readonly approved: boolean;
  readonly by: string;
  readonly reason: string;
}

/** Waits for a decision on exactly this evaluation. Never throws but when cancelled. */
export async function approve(
  scope: CycleScope,
  evaluation: Evaluation,
  topicArn: string | undefined,
  board: Board,
): Promise<Approval> {
  const { mode, timeout, remindEvery } = scope.frozen.plan.approve;
  if (mode === 'auto') return { approved: true, by: 'the plan', reason: 'approve: auto, and all gates held' };

  let decision: Decision | undefined;
  setHandler(decided, (told) => {
    if (!isDecision(told) || told.cycle !== scope.cycle) return;
    // A cycle that is reset is sent again what was decided before: it holds for the same evaluation only.
    const same = told.evaluation === undefined || told.evaluation === evaluation.details.sha256;
    if (same) decision ??= told;
  });
  const since = now();
  const until = new Date(Date.parse(since) + timeout).toISOString();
  board.change({ approval: { since, until, reminders: 0 } });
  board.findable('approval');
  board.say(`waiting for approval until ${until}`);
  await getExternalWorkflowHandle(modelWorkflowId(scope.model)).signal(approvalWanted, {
    cycle: scope.cycle,
    evaluation: evaluation.details.sha256,
    since,
    until,
  });

  for (let reminders = 0; !decision && now() < until; reminders += 1) {
    await remind(scope, evaluation, topicArn, until, reminders);
    board.change({ approval: { since, until, reminders } });
    const left = Date.parse(until) - Date.now();
    const wait = Math.max(1, remindEvery > 0 ? Math.min(remindEvery, left) : left);
    await condition(() => decision !== undefined, wait, { summary: `Wait for approval until ${until}` });
  }
  board.findable('deploy');
  board.change({ approval: undefined });
  if (!decision)
    return { approved: false, by: 'nobody', reason: `nobody decided within ${span(timeout)} (approve.timeout)` };
  return {
    approved: decision.decision === 'approve',
    by: decision.by,
    reason: decision.reason ?? `${decision.decision === 'approve' ? 'approved' : 'rejected'} by ${decision.by}`,
  };
}

async function remind(
  { frozen, model, cycle }: CycleScope,
  evaluation: Evaluation,
  topicArn: string | undefined,
  until: string,
  reminders: number,
): Promise<void> {
  if (!topicArn) return;
  const subject = `cycle ${cycle} ${reminders ? 'still waits' : 'waits'} for approval`;
  const message = [
    `All gates held on ${evaluation.rows} test rows. Decide until ${until}:`,
    `perennial approve ${model} ${cycle}`,
    `perennial reject ${model} ${cycle}`,
    `Report: ${evaluation.report.uri}`,
    `Evaluation: ${evaluation.details.sha256}`,
  ].join('\n');
  try {
    await tell(`Ask for approval${reminders ? ` again (${reminders})` : ''}`).notify({
      frozen,
      topicArn,
      subject,
      message,
    });
  } catch (error) {
    if (why(error).type === 'Cancelled') throw error;
    log.error(`could not ask for approval: ${why(error).message}`);
  }
}
