/** Requests with a key of their asker's: one effect and one answer, however often and to whichever process they are sent. */
import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { requestWorkflowId } from '../names.ts';
import { requestAnswered } from '../workflows/messages.ts';
import type { request as requestWorkflow } from '../workflows/request.ts';
import { ask } from './trouble.ts';
import type { Operator } from './types.ts';

export interface KeyedRequest {
  readonly by: string;
  /** The asker's: of no other's concern. */
  readonly key: string;
  /** All that the request says: the same key may not come with something else. */
  readonly said: unknown;
}

export interface Claim {
  /** For updates and workflows that the request makes: Temporal takes the same one up once. */
  readonly id: string;
  /** `new`, also when it was begun and nobody told of an answer; `other` when the key came with something else before. */
  readonly state: 'new' | 'answered' | 'other';
  readonly answer?: unknown;
}

/** A request that nobody answers is forgotten after so long. */
const OPEN_FOR = '1 day';

/** Looks whether the request came before, and notes that it came. */
export async function claimRequest(operator: Operator, { by, key, said }: KeyedRequest): Promise<Claim> {
  const { workflow } = operator.client;
  const id = requestId({ by, key });
  const workflowId = requestWorkflowId(id);
  const fingerprint = sha256(said);
  return ask(operator, 'request', async () => {
    try {
      await workflow.start<typeof requestWorkflow>('request', {
        workflowId,
        taskQueue: operator.taskQueue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        workflowExecutionTimeout: OPEN_FOR,
        args: [],
        memo: { fingerprint },
        staticSummary: `A request of ${by} with a key`,
      });
      return { id, state: 'new' };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const handle = workflow.getHandle<typeof requestWorkflow>(workflowId);
    const { memo, status } = await handle.describe();
    if (memo?.fingerprint !== fingerprint) return { id, state: 'other' };
    if (status.name !== 'COMPLETED') return { id, state: 'new' };
    return { id, state: 'answered', answer: await handle.result() };
  });
}

/** Keeps the answer for the same request; the first one stays. */
export const answerRequest = (operator: Operator, { id }: Pick<Claim, 'id'>, answer: unknown): Promise<void> =>
  ask(operator, 'request', () =>
    operator.client.workflow.getHandle(requestWorkflowId(id)).signal(requestAnswered, answer),
  );

export const requestId = ({ by, key }: Pick<KeyedRequest, 'by' | 'key'>): string => sha256([by, key]);

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
