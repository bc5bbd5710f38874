/** What became of each feature of features.sql: the columns that the model reads, and by which steps of the plan. Pure. */
import { z } from 'zod';
import type { Plan } from '../plan/schema.ts';
import { encodingOf, numberSteps, textImputation } from '../plan/settings.ts';
import type { Transformed } from './transformed.ts';

export const stepShape = z.object({
  feature: z.string().describe('As features.sql calls it.'),
  raw: z.unknown().describe('What features.sql made of the instance.'),
  columns: z
    .array(z.object({ name: z.string(), value: z.number().nullable() }))
    .describe('What the model reads of it.'),
  how: z.string().describe('How the one became the other.'),
});
export type Step = z.infer<typeof stepShape>;

/** In the order of the model's columns. */
export function stepsOf({ raw, features }: Transformed, plan?: Plan): Step[] {
  const names = Object.keys(raw);
  const grouped = new Map<string, { name: string; value: number | null }[]>();
  for (const [name, value] of Object.entries(features)) {
    const feature = ownerOf(name, names);
    const columns = grouped.get(feature);
    if (columns) columns.push({ name, value });
    else grouped.set(feature, [{ name, value }]);
  }
  return [...grouped].map(([feature, columns]) => {
    const value = raw[feature] ?? null;
    // Of hundred columns, the ones that are set tell all.
    const own = columns.find(({ name }) => name === feature);
    return { feature, raw: value, columns, how: plan ? howOf(plan.prepare, feature, value, own?.value) : '' };
  });
}

/** The raw feature that a column was made of: itself, or the longest that its name begins with. */
function ownerOf(column: string, names: readonly string[]): string {
  if (names.includes(column)) return column;
  const begun = names.filter((name) => column.startsWith(`${name}_`));
  return begun.sort((a, b) => b.length - a.length)[0] ?? column;
}

type Prepare = Plan['prepare'];

function howOf(prepare: Prepare, feature: string, raw: unknown, read: number | null | undefined): string {
  if (Object.hasOwn(prepare.encode, feature)) return encoded(prepare, feature, raw);
  const { impute, scale, clip } = numberSteps(prepare, feature);
  const scaled = scale === 'none' ? '' : `, ${scale} scaling`;
  if (raw === null)
    return impute === 'none' ? 'missing, and left so' : `missing: filled with ${fillName(impute)}${scaled}`;
  if (typeof raw === 'boolean') return `a condition: 0 or 1${scaled}`;
  if (scale !== 'none') return `${scale} scaling`;
  return clip !== undefined && typeof raw === 'number' && read !== raw
    ? 'cut at the bound that training showed'
    : 'as it is';
}

function encoded(prepare: Prepare, feature: string, raw: unknown): string {
  const said = prepare.encode[feature];
  if (said === undefined) return '';
  const { kind } = encodingOf(said);
  const fill = textImputation(prepare, feature);
  const missing = raw === null ? `missing${fill === 'none' ? '' : `: filled with ${fillName(fill)}`}; ` : '';
  return `${missing}${ENCODED[kind]}`;
}

const fillName = (impute: ReturnType<typeof textImputation>): string =>
  typeof impute === 'object' ? JSON.stringify(impute.constant) : `the ${impute} of training`;

const ENCODED = {
  target: 'target encoding: the mean label of its category in training',
  'one-hot': 'one-hot encoding: a column a category',
  frequency: 'frequency encoding: the share of training rows in its category',
  ordinal: "ordinal encoding: its category's place in the order",
  hash: 'hash encoding: the bucket of its value',
} as const;
