/** What a plan asks for each feature: one setting may stand for all numbers, or one a feature, "*" for the rest. Pure. */
import type { Plan } from './schema.ts';

type Prepare = Plan['prepare'];
export type Cut = readonly [number, number] | { readonly min?: number; readonly max?: number };
export type Imputation = 'median' | 'mean' | 'mode' | 'none' | { readonly constant: number | string };
export type Scaling = 'none' | 'standard' | 'min-max' | 'robust';
export type Encoding =
  | { readonly kind: 'target'; readonly smoothing: number; readonly folds: number }
  | { readonly kind: 'one-hot'; readonly most: number }
  | { readonly kind: 'frequency' }
  | { readonly kind: 'ordinal'; readonly values?: readonly string[] }
  | { readonly kind: 'hash'; readonly buckets: number };

export interface NumberSteps {
  readonly clip?: Cut;
  readonly impute: Imputation;
  readonly scale: Scaling;
}

/** A setting for all numbers, or by feature. */
type ByFeature<T> = T | Readonly<Record<string, T>>;

export const isCut = (value: unknown): value is Cut =>
  Array.isArray(value) || Object.values(value as object).every((bound) => typeof bound === 'number');
export const isImputation = (value: unknown): value is Imputation => {
  if (typeof value === 'string') return true;
  const { constant, ...others } = value as { constant?: unknown };
  return Object.keys(others).length === 0 && ['number', 'string'].includes(typeof constant);
};
const isScaling = (value: unknown): value is Scaling => typeof value === 'string';

/** The settings by feature ("*" among them); empty when one stands for all. */
export const named = <T>(setting: ByFeature<T> | undefined, one: (value: unknown) => value is T): Record<string, T> =>
  setting === undefined || one(setting) ? {} : { ...(setting as Readonly<Record<string, T>>) };

export const namedCuts = ({ clip }: Pick<Prepare, 'clip'>) => named<Cut>(clip, isCut);
export const namedImputations = ({ impute }: Pick<Prepare, 'impute'>) => named<Imputation>(impute, isImputation);
export const namedScalings = ({ scale }: Pick<Prepare, 'scale'>) => named<Scaling>(scale, isScaling);

/** What happens to a feature that is a number. */
export function numberSteps(prepare: Prepare, feature: string): NumberSteps {
  const { clip, impute, scale } = prepare;
  const of = <T>(all: ByFeature<T> | undefined, one: (value: unknown) => value is T): T | undefined => {
    if (all === undefined || one(all)) return all;
    const each = all as Readonly<Record<string, T>>;
    return Object.hasOwn(each, feature) ? each[feature] : each['*'];
  };
  return {
    clip: of<Cut>(clip, isCut),
    impute: of<Imputation>(impute, isImputation) ?? 'median',
    scale: of<Scaling>(scale, isScaling) ?? 'none',
  };
}

/** What stands for a missing text: nothing, unless the plan names the feature. */
export function textImputation(prepare: Prepare, feature: string): Imputation {
  const each = namedImputations(prepare);
  return (Object.hasOwn(each, feature) ? each[feature] : undefined) ?? 'none';
}

const ENCODINGS = {
  target: { kind: 'target', smoothing: 20, folds: 5 },
  'one-hot': { kind: 'one-hot', most: 50 },
  frequency: { kind: 'frequency' },
  ordinal: { kind: 'ordinal' },
  hash: { kind: 'hash', buckets: 32 },
} as const satisfies Record<string, Encoding>;

/** An encoding with all that the plan leaves out. */
export function encodingOf(said: Prepare['encode'][string]): Encoding {
  if (typeof said === 'string') return ENCODINGS[said];
  if ('target' in said) return { kind: 'target', ...said.target };
  if ('one-hot' in said) return { kind: 'one-hot', ...said['one-hot'] };
  if ('hash' in said) return { kind: 'hash', ...said.hash };
  return { kind: 'ordinal', values: said.ordinal };
}
