/** What the calendar starts: a wish for a cycle. A Schedule can start workflows only; the model decides about the wish. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { modelWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { wishCycle } from './messages.ts';
import { scheduledAt } from './scheduled.ts';

export interface RetrainInput {
  readonly model: string;
  /** The calendar, for people. */
  readonly calendar: string;
}

export async function retrain({ model, calendar }: RetrainInput): Promise<void> {
  const asOf = scheduledAt() ?? now();
  const reason = `the calendar (${calendar})`;
  await getExternalWorkflowHandle(modelWorkflowId(model)).signal(wishCycle, {
    trigger: 'schedule',
    by: 'calendar',
    reason,
    asOf,
  });
}
