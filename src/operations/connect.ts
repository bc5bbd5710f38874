/** Opens the way to Temporal, and sees to what the server must know before models run on it. */
import type { defineSearchAttributeKey } from '@temporalio/common';
import { UserError } from '../errors.ts';
import { connectClient } from '../temporal/client.ts';
import { temporalSettings } from '../temporal/settings.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search.ts';
import { ALREADY_EXISTS, ask, serviceError, Unanswered } from './trouble.ts';
import type { Operator } from './types.ts';

export interface ConnectInput {
  readonly taskQueue: string;
  readonly timeoutMs?: number;
}

/** Throws `UserError` when Temporal cannot be reached. Close it when done. */
export async function connect({ taskQueue, timeoutMs }: ConnectInput): Promise<Operator> {
  const client = await connectClient({ timeoutMs });
  return {
    client,
    taskQueue,
    address: temporalSettings().address,
    close: async () => {
      await client.connection.close();
    },
  };
}

/** Whether Temporal answers within so many milliseconds. Throws `UserError` when it does not. */
export async function ping({ client, address }: Operator, withinMs: number): Promise<void> {
  const { connection, workflowService } = client;
  try {
    await connection.withDeadline(Date.now() + withinMs, () => workflowService.getSystemInfo({}));
  } catch (error) {
    throw new Unanswered(
      `Temporal does not answer at ${address}: ${serviceError(error)?.details ?? (error as Error).message}`,
      'start it with "npx perennial up", or set TEMPORAL_ADDRESS',
    );
  }
}

type KeyType = ReturnType<typeof defineSearchAttributeKey>['type'];
/** Temporal's IndexedValueType. */
const TYPES: Partial<Record<KeyType, number>> = { KEYWORD: 2, INT: 3 };

/** Registers the search attributes that are missing; on Temporal Cloud this must be done by hand, and the error says how. */
export async function ensureSearchAttributes(operator: Operator): Promise<void> {
  const { client } = operator;
  const namespace = client.options.namespace;
  const service = client.connection.operatorService;
  try {
    const known = await ask(operator, 'list of search attributes', () => service.listSearchAttributes({ namespace }));
    const missing = SEARCH_ATTRIBUTES.filter(({ name }) => known.customAttributes[name] === undefined);
    if (!missing.length) return;
    const searchAttributes = Object.fromEntries(missing.map(({ name, type }) => [name, TYPES[type] ?? 0]));
    await ask(operator, 'search attributes', () => service.addSearchAttributes({ namespace, searchAttributes }));
  } catch (error) {
    const code = serviceError(error)?.code;
    if (code === ALREADY_EXISTS) return;
    if (error instanceof UserError || code === undefined) throw error;
    const list = SEARCH_ATTRIBUTES.map(
      ({ name, type }) => `--name ${name} --type ${type === 'INT' ? 'Int' : 'Keyword'}`,
    );
    throw new UserError(
      `the search attributes of namespace ${namespace} cannot be set: ${(error as Error).message}`,
      `let an operator run: temporal operator search-attribute create ${list.join(' ')}`,
    );
  }
}
