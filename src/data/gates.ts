/** Gates: what a challenger must reach before it may be deployed. Rules: docs/metrics.md. */
import type { GateResult } from '../activities/types.ts';
import type { Metric } from '../plan/metrics.ts';
import type { Gate } from '../plan/schema.ts';
import { improvements, lowerBound, type Replicates } from './bootstrap.ts';
import { direction, type MeasureName, type Measures, measureName, valueIn, whyUndefined } from './measures.ts';
import { type Slice, sliceName } from './slices.ts';

export interface Scored {
  readonly measures: Measures;
  readonly replicates: Replicates;
}

type Limits = Extract<Gate, { minRows: number }>;
type Comparison = Extract<Gate, { versusChampion: number }>;

/** Holds one gate. `slices` are those of the gate's column, when it names one; where `champion` is why there is none, a comparison is not applicable and held. */
export function holdGate(
  gate: Gate,
  challenger: Scored,
  champion: Scored | string,
  slices: readonly Slice[],
): GateResult {
  if ('versusChampion' in gate) return versus(gate, challenger, champion);
  return gate.slice === undefined ? overall(gate, challenger.measures) : everySlice(gate, gate.slice, slices);
}

/** What a gate holds: a metric, perhaps of one class. */
const named = ({ metric, class: one }: Gate): MeasureName => measureName(metric, one);

/** A gate in words: "auc ≥ 0.55 on every origin with at least 2,000 rows". */
export function describeGate(gate: Gate): string {
  if ('versusChampion' in gate) {
    const confidence = `${Number((gate.confidence * 100).toFixed(4))} % confidence`;
    if (gate.versusChampion === 0) return `${named(gate)} better than the champion's, with ${confidence}`;
    const by = Math.abs(gate.versusChampion);
    return gate.versusChampion > 0
      ? `${named(gate)} better than the champion's by more than ${by}, with ${confidence}`
      : `${named(gate)} worse than the champion's by less than ${by}, with ${confidence}`;
  }
  const where = gate.slice === undefined ? '' : ` on every ${gate.slice} with at least ${count(gate.minRows)} rows`;
  return `${named(gate)} ${describeLimits(gate)}${where}`;
}

function overall(gate: Limits, measures: Measures): GateResult {
  const value = valueIn(measures, named(gate));
  return { gate: describeGate(gate), held: within(gate, value), found: shown(named(gate), value) };
}

function everySlice(gate: Limits, column: string, slices: readonly Slice[]): GateResult {
  const judged = slices.filter((slice) => slice.rows >= gate.minRows);
  const name = describeGate(gate);
  if (judged.length === 0)
    return { gate: name, held: true, found: `not applicable: no ${column} has ${count(gate.minRows)} rows` };
  const measure = named(gate);
  const worstFirst = [...judged].sort((a, b) => goodness(measure, a.measures) - goodness(measure, b.measures));
  const broken = worstFirst.filter((slice) => !within(gate, valueIn(slice.measures, measure)));
  const told = (slice: Slice) =>
    `${sliceName(slice.value)} ${shown(measure, valueIn(slice.measures, measure))} (${count(slice.rows)} rows)`;
  if (broken.length === 0) {
    const worst = worstFirst[0] as Slice;
    return { gate: name, held: true, found: `all ${count(judged.length)} hold; the worst is ${told(worst)}` };
  }
  const more = broken.length > 3 ? ` and ${count(broken.length - 3)} more` : '';
  const found = `${count(broken.length)} of ${count(judged.length)} break it: ${broken.slice(0, 3).map(told).join(', ')}${more}`;
  return { gate: name, held: false, found };
}

/** Held when the lower bound of the improvement lies above what is asked: equal models are not better. */
function versus(gate: Comparison, challenger: Scored, champion: Scored | string): GateResult {
  const name = describeGate(gate);
  if (typeof champion === 'string') return { gate: name, held: true, found: `not applicable: ${champion}` };
  const measure = named(gate);
  const [mine, theirs] = [valueIn(challenger.measures, measure), valueIn(champion.measures, measure)];
  if (Number.isNaN(mine) || Number.isNaN(theirs))
    return { gate: name, held: false, found: `cannot be compared: ${whyUndefined(measure)}` };
  const { held, found } = improvement(measure, challenger, champion, gate);
  return { gate: name, held, found: `${shown(measure, mine)} against ${shown(measure, theirs)}: ${found}` };
}

/** Whether one is better than the other by more than is asked, with confidence, and by how much. */
function improvement(
  measure: MeasureName,
  mine: Scored,
  theirs: Scored,
  { versusChampion: asked, confidence }: Pick<Comparison, 'versusChampion' | 'confidence'>,
): { held: boolean; found: string } {
  const bound = lowerBound(improvements(measure, mine.replicates, theirs.replicates), confidence);
  const gain = direction(measure) * (valueIn(mine.measures, measure) - valueIn(theirs.measures, measure));
  return {
    held: bound > asked,
    found: `an improvement of ${signed(gain)}, of more than ${signed(bound)} with that confidence`,
  };
}

/** Is the challenger better than a constant answer? Of a constant some measures are undefined: then the challenger need only have one. */
export function holdBaseline(metric: Metric, answer: string, challenger: Scored, baseline: Scored): GateResult {
  const gate = `${metric} better than always answering with ${answer}, with 95 % confidence`;
  const [mine, theirs] = [valueIn(challenger.measures, metric), valueIn(baseline.measures, metric)];
  if (Number.isNaN(mine)) return { gate, held: false, found: whyUndefined(metric) };
  if (Number.isNaN(theirs)) return { gate, held: true, found: `${shown(metric, mine)}; the baseline's is undefined` };
  const { held, found } = improvement(metric, challenger, baseline, { versusChampion: 0, confidence: 0.95 });
  return { gate, held, found: `${shown(metric, mine)} against ${shown(metric, theirs)}: ${found}` };
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
function goodness(measure: MeasureName, measures: Measures): number {
  const value = valueIn(measures, measure);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : direction(measure) * value;
}

const shown = (measure: MeasureName, value: number): string =>
  Number.isNaN(value) ? whyUndefined(measure) : value.toFixed(4);
const signed = (value: number): string =>
  Number.isNaN(value) ? 'an unknown amount' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
const count = (value: number): string => value.toLocaleString('en-US');
