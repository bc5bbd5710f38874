/** What the schema alone can't say of a plan: how its parts fit together. Pure. */
import { prepareRules, sourceRules, splitRules } from './data-rules.ts';
import { calendarRules, gateRules, monitorRules, rolloutRules, trainRules } from './life-rules.ts';
import type { Broken } from './problems.ts';
import type { Plan } from './schema.ts';

/** Every rule that a plan of the right shape breaks. */
export function brokenRules(plan: Plan): Broken[] {
  return [
    ...sourceRules(plan),
    ...splitRules(plan),
    ...prepareRules(plan),
    ...trainRules(plan),
    ...gateRules(plan),
    ...rolloutRules(plan),
    ...monitorRules(plan),
    ...calendarRules(plan),
  ];
}
