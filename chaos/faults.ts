/** The faults of the wire by name: what becomes of one call. */
import { errorAnswer } from './answers.ts';
import { awsError, type Trouble } from './aws-errors.ts';
import type { WireCall } from './calls.ts';
import type { WireHook } from './wire.ts';

/** Those of which AWS never hears, and those after which it has done what was asked. */
export const BEFORE = ['throttling', 'internal', 'unavailable', 'reset-before', 'slow-before'] as const;
export const AFTER = ['reset-after', 'slow-after', 'internal-after'] as const;
export type Fault = Trouble | (typeof BEFORE)[number] | (typeof AFTER)[number];

/** The hook that gives this fault to the calls that `hits` names. */
export function inject(fault: Fault, hits: (call: WireCall) => boolean): WireHook {
  const verdict = (call: WireCall) => {
    if (fault.startsWith('reset')) return 'reset';
    if (fault.startsWith('slow')) return 'hold';
    return errorAnswer(call, awsError(call, fault.replace('-after', '') as Trouble));
  };
  const strike = (call: WireCall) => (hits(call) ? verdict(call) : 'pass');
  return (AFTER as readonly Fault[]).includes(fault) ? { after: strike } : { before: strike };
}
