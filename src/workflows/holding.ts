/** Tells the cycle that runs that a person holds the model, or lets it go on. */
import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import { cycleWorkflowId } from '../names.ts';
import { held, type Word } from './messages.ts';
import type { ModelState } from './state.ts';
import { why } from './why.ts';

/** A cycle that has just ended, or is about to start, needs no word: it is told when it starts. */
export async function hold({ model, current }: ModelState, word: Word & { readonly hold: boolean }): Promise<void> {
  if (!current) return;
  try {
    await getExternalWorkflowHandle(cycleWorkflowId(model, current.cycle)).signal(held, word);
  } catch (error) {
    log.warn(`cycle ${current.cycle} could not be told: ${why(error).message}`);
  }
}
