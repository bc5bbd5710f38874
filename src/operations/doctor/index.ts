/** `doctor`: everything that must be there before models can live, looked at side by side. Changes nothing. */
import type { Plan } from '../../plan/schema.ts';
import { accountChecks } from './account.ts';
import { type Check, type Doctor, examine } from './finding.ts';
import { configured, machineChecks } from './machine.ts';
import { planChecks } from './plan.ts';
import { temporalChecks } from './temporal.ts';

export { type Check, type Doctor, doctorShape, type Finding } from './finding.ts';

/** The slowest check, a policy asked statement by statement, takes a few seconds. */
const WITHIN_MS = 20_000;

/** `more` are checks of what runs beside, such as a laptop cloud. */
export function doctor({
  plan,
  more = [],
  signal,
}: {
  plan?: Plan;
  more?: readonly Check[];
  signal: AbortSignal;
}): Promise<Doctor> {
  const config = configured();
  const checks = [
    ...machineChecks(),
    ...more,
    ...temporalChecks(),
    ...(config ? accountChecks(config) : []),
    ...(plan ? planChecks(plan, config) : []),
  ];
  return examine(checks, WITHIN_MS, signal);
}
