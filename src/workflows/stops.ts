/**
 * What keeps a model from retraining by itself: a person's pause, bad data (quarantine), and cycles that did not help (the
 * breaker). Persons' own cycles are never kept back. Pure.
 */
import type { Finding } from '../activities/types.ts';
import type { Word } from './messages.ts';
import type { Trigger } from './shapes.ts';
import { type ModelState, remember, tell } from './state.ts';

/** Why an automatic cycle may not start; undefined when nothing stands in its way. A pause only makes it wait. */
export function stopped(state: ModelState, trigger: Trigger): string | undefined {
  if (trigger === 'person') return undefined;
  if (state.retired) return 'the model is being retired';
  if (state.quarantine) return `bad data since ${state.quarantine.since}: ${state.quarantine.reason}`;
  if (state.breaker && trigger !== 'schedule') return `${state.breaker.reason}, since ${state.breaker.since}`;
  return undefined;
}

export function pause(state: ModelState, { by, reason }: Word, at: string): void {
  state.paused = { at, by, reason };
  remember(state, { at, event: 'paused', by, reason, facts: {} });
}

/** Ends all that keeps the model from retraining; gives what it ended. */
export function resume(state: ModelState, { by, reason }: Word, at: string): string[] {
  const ended = (['paused', 'quarantine', 'breaker'] as const).filter((one) => state[one] !== undefined);
  for (const one of ended) state[one] = undefined;
  state.attempts = 0;
  remember(state, { at, event: 'resumed', by, reason, facts: { ended } });
  return ended;
}

/** Findings as people are told them: each with what they can do. */
export const withMends = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({ message, mend }) => [message, ...(mend ? [`  ${mend}`] : [])]);

/** Bad data say nothing of the world: nothing is retrained on them. */
export function quarantine(state: ModelState, bad: readonly Finding[], report: string, at: string): void {
  if (state.quarantine) return;
  const reason = bad.map(({ message }) => message).join('; ');
  state.quarantine = { since: at, reason, report };
  remember(state, { at, event: 'quarantined', by: 'monitor', reason, facts: { report } });
  tell(state, {
    subject: 'quarantined: bad data',
    message: [
      ...withMends(bad),
      'No cycle starts by itself until a pass finds the data right again.',
      `To go on all the same: perennial resume ${state.model}`,
      `Report: ${report}`,
    ].join('\n'),
  });
}

export function endQuarantine(state: ModelState, report: string, at: string): void {
  if (!state.quarantine) return;
  const { since } = state.quarantine;
  state.quarantine = undefined;
  const reason = `what came is right again (it was not since ${since})`;
  remember(state, { at, event: 'quarantine ended', by: 'monitor', reason, facts: { report } });
  tell(state, { subject: 'quarantine ended', message: `${reason}\nReport: ${report}` });
}

/** Retrained and still not well: a person must look. True when it is open. */
export function breakAfter(state: ModelState, alarms: string, report: string, at: string): boolean {
  if (state.breaker) return true;
  const { attempts } = state;
  if (attempts < (state.frozen?.plan.retrain.attempts ?? Number.POSITIVE_INFINITY)) return false;
  const reason = `${attempts} ${attempts === 1 ? 'cycle' : 'cycles'} for drift or quality did not help`;
  state.breaker = { since: at, reason, report };
  remember(state, { at, event: 'breaker opened', by: 'monitor', reason, facts: { attempts, alarms, report } });
  tell(state, {
    subject: 'retrained and still not well',
    message: [
      `${reason}, and there is still: ${alarms}`,
      'No more start by themselves. Look whether the world has changed for good, whether the data still tell what the plan asks, and whether its limits fit.',
      `Then: perennial run ${state.model}, or perennial resume ${state.model}`,
      `Report: ${report}`,
    ].join('\n'),
  });
  return true;
}

/** A pass that could judge found nothing to retrain for: what was tried before does not count any more. */
export function calm(state: ModelState, report: string, at: string): void {
  state.attempts = 0;
  if (!state.breaker) return;
  const reason = `a pass found nothing to retrain for (${state.breaker.reason}, since ${state.breaker.since})`;
  state.breaker = undefined;
  remember(state, { at, event: 'breaker closed', by: 'monitor', reason, facts: { report } });
}
