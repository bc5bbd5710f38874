/** What commands on a model share: its name, who asks, and an open line to Temporal. */
import { userInfo } from 'node:os';
import { readArchiveConfig, readClientConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import type { Archive } from '../operations/archive.ts';
import type { Operator } from '../operations/types.ts';
import type { WebUi } from '../operations/web-ui.ts';
import { loadPlan } from '../plan/load.ts';

export const MODEL_ARG = {
  type: 'positional',
  required: true,
  description: 'The name of the model, as its plan says it',
} as const;
export const BY = {
  type: 'string',
  valueHint: 'name',
  description: 'Who asks; the user of this machine when left out',
} as const;
export const REASON = { type: 'string', valueHint: 'text', description: 'Why; it goes to the ledger' } as const;

/** The name of a model; a folder with a plan is taken for the model that it plans. */
export async function modelName(word: string): Promise<string> {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(word)) return word;
  const { plan } = await loadPlan(word).catch(() => {
    throw new UserError(`"${word}" is no name of a model`, '"perennial status" lists the models that there are');
  });
  return plan.model;
}

export function person(by?: string): string {
  if (by) return by;
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** Runs `work` with a connection that is closed afterwards. Loaded when needed: Temporal's client is slow to load. */
export async function withOperator<T>(
  work: (operator: Operator, operations: typeof import('../operations/index.ts')) => Promise<T>,
): Promise<T> {
  const operations = await import('../operations/index.ts');
  const operator = await operations.connect({ taskQueue: readClientConfig().taskQueue });
  try {
    return await work(operator, operations);
  } finally {
    await operator.close();
  }
}

/** Runs `work` with what models left in AWS at hand. */
export async function withArchive<T>(work: (archive: Archive) => Promise<T>): Promise<T> {
  const config = readArchiveConfig();
  const { openArchive } = await import('../operations/archive.ts');
  const archive = openArchive(config);
  try {
    return await work(archive);
  } finally {
    archive.close();
  }
}

/** Where models and cycles are seen in the Web UI; nowhere when nobody said where that is. */
export async function webUi(): Promise<WebUi> {
  const { webUiAt } = await import('../operations/web-ui.ts');
  return webUiAt(readClientConfig().temporalUi);
}
