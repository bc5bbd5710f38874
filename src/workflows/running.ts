/** Starts a cycle as a child of its model, and what is known of one that gave no result. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import { cycleWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { beginChild } from './child.ts';
import { cycle } from './cycle.ts';
import { hold } from './holding.ts';
import { MODEL, TRIGGER } from './search.ts';
import type { CycleResult, Wish } from './shapes.ts';
import type { ModelState } from './state.ts';
import type { CycleInput } from './story.ts';
import { why } from './why.ts';
import { usdLeft } from './wishes.ts';

export async function startCycle(state: ModelState, wish: Wish): Promise<CycleResult> {
  const { model: name, frozen, champion, versions, topicArn } = state;
  if (!frozen || !state.current) throw new Error('a cycle needs a plan');
  const { trigger, by, reason, asOf } = wish;
  for (;;) {
    const n = state.current.cycle;
    const held = state.paused !== undefined;
    const input: CycleInput = {
      model: name,
      cycle: n,
      frozen,
      trigger,
      by,
      reason,
      asOf,
      champion,
      versions,
      topicArn,
      usdLeft: trigger === 'person' ? undefined : usdLeft(state, now()),
      held,
    };
    try {
      const child = await beginChild(cycle, {
        workflowId: cycleWorkflowId(name, n),
        args: [input],
        // Names of jobs are made of the cycle's number: one that was used is never used again.
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        parentClosePolicy: 'REQUEST_CANCEL',
        staticSummary: `Cycle ${n} of ${name}: ${reason ?? trigger}`,
        staticDetails: frozen.plan.objective,
        memo: { planHash: frozen.hash, by, asOf: asOf ?? null },
        typedSearchAttributes: [
          { key: MODEL, value: name },
          { key: TRIGGER, value: trigger },
        ],
      });
      if (held !== (state.paused !== undefined))
        await hold(state, { by: state.paused?.by ?? by, reason: state.paused?.reason, hold: !held });
      return await child.result();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      state.cycles += 1;
      state.current = { ...state.current, cycle: state.cycles };
    }
  }
}

/** What is known of a cycle that gave no result: its failure carries one, a cancelled or terminated cycle none. */
export function resultOf(error: unknown, { current, cycles }: ModelState, startedAt: string): CycleResult {
  const { details, message, type } = why(error);
  const told = details[0] as CycleResult | undefined;
  if (error instanceof ChildWorkflowFailure && told?.outcome?.cycle !== undefined) return told;
  const cancelled = isCancellation(error);
  const word = current?.cancelled;
  const asked = word && `cancelled by ${word.by}${word.reason ? `: ${word.reason}` : ''}`;
  return {
    outcome: {
      cycle: current?.cycle ?? cycles,
      outcome: cancelled ? 'cancelled' : 'failed',
      trigger: current?.trigger ?? 'person',
      by: current?.by ?? 'nobody',
      asOf: current?.asOf ?? startedAt,
      startedAt,
      endedAt: now(),
      reason: (cancelled && asked) || message,
      failure: cancelled ? undefined : type,
      ...(cancelled && current?.told),
    },
  };
}
