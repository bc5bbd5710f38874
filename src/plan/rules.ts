/** What the schema alone can't say of a plan: how its parts fit together. Pure. */
import { sourceRules, splitRules } from './data-rules.ts';
import { evaluateRules } from './evaluate-rules.ts';
import { calendarRules, monitorRules, rolloutRules } from './life-rules.ts';
import { prepareRules } from './prepare-rules.ts';
import type { Broken } from './problems.ts';
import type { Plan } from './schema.ts';
import { secretRules } from './secret-rules.ts';
import { trainRules } from './train-rules.ts';

/** Every rule that a plan of the right shape breaks. */
export function brokenRules(plan: Plan): Broken[] {
  return [
    ...secretRules(plan),
    ...sourceRules(plan),
    ...splitRules(plan),
    ...prepareRules(plan),
    ...trainRules(plan),
    ...evaluateRules(plan),
    ...rolloutRules(plan),
    ...monitorRules(plan),
    ...calendarRules(plan),
  ];
}
