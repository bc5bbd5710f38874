/** Do the steps that a plan names fit the features that features.sql gives? */
import type { Column } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { namedCuts, namedImputations, namedScalings } from '../plan/settings.ts';
import { ROW_ID } from './land.ts';
import { broken } from './syntax.ts';
import { some } from './words.ts';

/** Throws `FeaturesBroken` naming the step, the feature and the mend. */
export function refuseSteps(
  prepare: Plan['prepare'],
  features: readonly Column[],
  kindOf: (column: Column) => 'number' | 'text',
): void {
  const { drop, indicate, encode } = prepare;
  const [clip, impute, scale] = [namedCuts(prepare), namedImputations(prepare), namedScalings(prepare)];
  const steps = {
    drop,
    impute,
    indicate: Object.fromEntries(indicate.map((name) => [name, true])),
    clip,
    encode,
    scale,
  };
  const all = features.map(({ name }) => name);
  for (const [step, said] of Object.entries(steps)) {
    const unknown = Object.keys(said).filter((name) => name !== '*' && !all.includes(name));
    if (unknown.length > 0)
      throw broken(`prepare.${step} names ${some(unknown)}, which is no feature; correct it: there are ${some(all)}`);
  }
  const isNumber = (name: string) =>
    !Object.hasOwn(encode, name) && features.some((one) => one.name === name && kindOf(one) === 'number');
  for (const [step, said] of Object.entries({ drop, clip, scale })) {
    const [text] = Object.keys(said).filter((name) => name !== '*' && !isNumber(name));
    if (text) throw broken(`prepare.${step} names ${text}, which is text or encoded; it is for numbers: take it out`);
  }
  for (const [name, imputation] of Object.entries(impute)) {
    if (name === '*') continue;
    const constant = typeof imputation === 'object' ? typeof imputation.constant : undefined;
    if (isNumber(name) && constant === 'string')
      throw broken(`prepare.impute: ${name} is a number; let a number stand for it, as { constant: 0 }`);
    if (!isNumber(name) && (constant === 'number' || imputation === 'median' || imputation === 'mean'))
      throw broken(
        `prepare.impute: ${name} is text or encoded; write mode, none, or a text, as { constant: "unknown" }`,
      );
  }
  const taken = new Set([ROW_ID, prepare.label, ...all].map((name) => name.toLowerCase()));
  const clash = indicate.find((name) => taken.has(indicatorOf(name).toLowerCase()));
  if (clash) throw broken(`a column is called ${indicatorOf(clash)}, as prepare.indicate would; rename it with AS`);
}

/** The column that says whether a feature's value is missing. */
export const indicatorOf = (feature: string): string => `${feature}_missing`;
