/** The faults of the wire by name: what becomes of one call. */
import { errorAnswer } from './answers.ts';
import { awsError, type Trouble } from './aws-errors.ts';
import type { WireCall } from './calls.ts';
import type { Verdict, WireHook } from './wire.ts';

/** Those of which AWS never hears, and those after which it has done what was asked. */
export const BEFORE = ['throttling', 'internal', 'unavailable', 'reset-before', 'slow-before'] as const;
export const AFTER = ['reset-after', 'slow-after', 'internal-after'] as const;
export type Fault = Trouble | (typeof BEFORE)[number] | (typeof AFTER)[number];

/** The hook that gives to each call the fault that `strike` names, or none. It is asked once a call. */
export function inject(strike: (call: WireCall) => Fault | undefined): WireHook {
  const later = new WeakMap<WireCall, Fault>();
  return {
    before(call) {
      const fault = strike(call);
      if (!fault) return 'pass';
      if (!isAfter(fault)) return verdict(fault, call);
      later.set(call, fault);
      return 'pass';
    },
    after(call) {
      const fault = later.get(call);
      return fault ? verdict(fault, call) : 'pass';
    },
  };
}

const isAfter = (fault: Fault): boolean => AFTER.some((one) => one === fault);

function verdict(fault: Fault, call: WireCall): Verdict {
  if (fault.startsWith('reset')) return 'reset';
  if (fault.startsWith('slow')) return 'hold';
  return errorAnswer(call, awsError(call, fault.replace('-after', '') as Trouble));
}
