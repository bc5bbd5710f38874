/** Gates: what a challenger must reach before it may be deployed. Rules: docs/metrics.md. */
import type { GateResult } from '../activities/types.ts';
import type { Gate, Metric } from '../plan/schema.ts';
import { improvements, lowerBound, type Replicates } from './bootstrap.ts';
import { direction, type Measures, whyUndefined } from './metrics.ts';
import { type Slice, sliceName } from './slices.ts';

export interface Scored {
  readonly measures: Measures;
  readonly replicates: Replicates;
}

type Limits = Extract<Gate, { minRows: number }>;
type Comparison = Extract<Gate, { versusChampion: number }>;

/** Holds one gate. `slices` are those of the gate's column, when it names one; without a champion a comparison is not applicable and held. */
export function holdGate(
  gate: Gate,
  challenger: Scored,
  champion: Scored | undefined,
  slices: readonly Slice[],
): GateResult {
  if ('versusChampion' in gate) return versus(gate, challenger, champion);
  return gate.slice === undefined ? overall(gate, challenger.measures) : everySlice(gate, gate.slice, slices);
}

/** A gate in words: "auc ≥ 0.55 on every origin with at least 2,000 rows". */
export function describeGate(gate: Gate): string {
  if ('versusChampion' in gate) {
    const confidence = `${Number((gate.confidence * 100).toFixed(4))} % confidence`;
    if (gate.versusChampion === 0) return `${gate.metric} better than the champion's, with ${confidence}`;
    const by = Math.abs(gate.versusChampion);
    return gate.versusChampion > 0
      ? `${gate.metric} better than the champion's by more than ${by}, with ${confidence}`
      : `${gate.metric} worse than the champion's by less than ${by}, with ${confidence}`;
  }
  const where = gate.slice === undefined ? '' : ` on every ${gate.slice} with at least ${count(gate.minRows)} rows`;
  return `${gate.metric} ${describeLimits(gate)}${where}`;
}

function overall(gate: Limits, measures: Measures): GateResult {
  const value = measures[gate.metric];
  return { gate: describeGate(gate), held: within(gate, value), found: shown(gate.metric, value) };
}

function everySlice(gate: Limits, column: string, slices: readonly Slice[]): GateResult {
  const judged = slices.filter((slice) => slice.rows >= gate.minRows);
  const name = describeGate(gate);
  if (judged.length === 0)
    return { gate: name, held: true, found: `not applicable: no ${column} has ${count(gate.minRows)} rows` };
  const worstFirst = [...judged].sort((a, b) => goodness(gate.metric, a.measures) - goodness(gate.metric, b.measures));
  const broken = worstFirst.filter((slice) => !within(gate, slice.measures[gate.metric]));
  const named = (slice: Slice) =>
    `${sliceName(slice.value)} ${shown(gate.metric, slice.measures[gate.metric])} (${count(slice.rows)} rows)`;
  if (broken.length === 0) {
    const worst = worstFirst[0] as Slice;
    return { gate: name, held: true, found: `all ${count(judged.length)} hold; the worst is ${named(worst)}` };
  }
  const more = broken.length > 3 ? ` and ${count(broken.length - 3)} more` : '';
  const found = `${count(broken.length)} of ${count(judged.length)} break it: ${broken.slice(0, 3).map(named).join(', ')}${more}`;
  return { gate: name, held: false, found };
}

/** Held when the lower bound of the improvement lies above what is asked: equal models are not better. */
function versus(gate: Comparison, challenger: Scored, champion: Scored | undefined): GateResult {
  const name = describeGate(gate);
  if (!champion) return { gate: name, held: true, found: 'not applicable: there is no champion yet' };
  const [mine, theirs] = [challenger.measures[gate.metric], champion.measures[gate.metric]];
  if (Number.isNaN(mine) || Number.isNaN(theirs))
    return { gate: name, held: false, found: `cannot be compared: ${whyUndefined(gate.metric)}` };
  const gains = improvements(gate.metric, challenger.replicates, champion.replicates);
  const bound = lowerBound(gains, gate.confidence);
  const gain = direction(gate.metric) * (mine - theirs);
  const found = `${shown(gate.metric, mine)} against ${shown(gate.metric, theirs)}: an improvement of ${signed(gain)}, of more than ${signed(bound)} with that confidence`;
  return { gate: name, held: bound > gate.versusChampion, found };
}

/** False for an undefined value: what cannot be measured is not good enough. */
export function within({ min, max }: { min?: number; max?: number }, value: number): boolean {
  return !Number.isNaN(value) && (min === undefined || value >= min) && (max === undefined || value <= max);
}

export function describeLimits({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `≥ ${min}`;
  return max === undefined ? 'without a limit' : `≤ ${max}`;
}

/** Undefined is worse than anything. */
function goodness(metric: Metric, measures: Measures): number {
  const value = measures[metric];
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : direction(metric) * value;
}

const shown = (metric: Metric, value: number): string =>
  Number.isNaN(value) ? whyUndefined(metric) : value.toFixed(4);
const signed = (value: number): string =>
  Number.isNaN(value) ? 'an unknown amount' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const count = (value: number): string => value.toLocaleString('en-US');
