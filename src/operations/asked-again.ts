/** A version that serves, asked about one instance again: what it answers, and what each of its columns did to that. */
import { ApplicationFailure } from '@temporalio/common';
import type { Version } from '../activities/types.ts';
import { invoke } from '../aws/invoke.ts';
import { endpointName, PROBE, variantName } from '../names.ts';
import { type Archive, reading } from './archive.ts';

/** See container/inference.py. */
const ACCEPT = 'application/json; perennial=explanation';

export interface AskedAgain {
  readonly prediction?: Readonly<Record<string, unknown>>;
  /** Absent when the model cannot tell them. */
  readonly contributions?: readonly {
    readonly class?: string;
    readonly bias: number;
    readonly features: Readonly<Record<string, number>>;
  }[];
}

/** undefined where nobody can be asked, with a note that says why. The request is a probe: monitoring leaves it out. */
export async function askedAgain(
  { clients }: Archive,
  model: string,
  { version, algorithm }: Version,
  instance: Readonly<Record<string, unknown>>,
  notes: string[],
): Promise<AskedAgain | undefined> {
  const asked = { endpoint: endpointName(model), variant: variantName(version), id: PROBE, accept: ACCEPT };
  try {
    const text = await invoke(clients.runtime, asked, JSON.stringify({ instances: [instance] }));
    const answer = JSON.parse(text) as {
      predictions?: AskedAgain['prediction'][];
      contributions?: (AskedAgain['contributions'] | null)[] | null;
    };
    const contributions = answer.contributions?.[0] ?? undefined;
    if (!contributions)
      notes.push(
        algorithm === 'script'
          ? 'a script of your own tells no contributions'
          : `v${version} is older than the telling of contributions: its next version has them`,
      );
    return { prediction: answer.predictions?.[0], ...(contributions && { contributions }) };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'InvalidRequest')
      return reading(() => Promise.reject(error));
    notes.push(`v${version} cannot be asked now (${error.message.split('\n')[0]}): what each feature did is not told`);
    return undefined;
  }
}
