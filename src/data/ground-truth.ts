/** Outcomes in SageMaker's ground-truth format: one JSON line an outcome, tied to its prediction by the event id. */
import type { Target } from '../activities/types.ts';
import { parseJson } from './predictions.ts';

export interface Outcome {
  /** `<inference id>/<index of the instance>`; the inference id alone for a request of one instance. */
  readonly eventId: string;
  /** 0 or 1; the number of the class; the value. */
  readonly label: number;
}

/** Why a line is no outcome. */
export interface NoOutcome {
  readonly problem: string;
}

interface OutcomeLine {
  readonly groundTruthData?: { readonly data?: unknown };
  readonly eventMetadata?: { readonly eventId?: unknown };
}

/** Never throws. Binary: 1, 0, true or false; multiclass: the class; regression: a number; each as text or as it is. */
export function readOutcome(line: string, target: Target): Outcome | NoOutcome {
  const event = parseJson(line) as OutcomeLine | null | undefined;
  if (typeof event !== 'object' || event === null) return { problem: 'it is not a JSON object' };
  const eventId = event.eventMetadata?.eventId;
  if (typeof eventId !== 'string' || !eventId) return { problem: 'eventMetadata has no eventId' };
  const data = event.groundTruthData?.data;
  if (data === undefined || typeof data === 'object') return { problem: 'groundTruthData has no data' };
  const label = labelOf(String(data), target);
  return label === undefined ? { problem: `${shown(String(data))} is not ${expected(target)}` } : { eventId, label };
}

function labelOf(text: string, { problem, classes = [] }: Target): number | undefined {
  const trimmed = text.trim();
  if (problem === 'binary') return TRUTHS.get(trimmed.toLowerCase());
  if (problem === 'regression') return numberIn(trimmed);
  // A class may be a whole number, which some write as 3.0, and may stand in quotes: the data are CSV.
  const spellings = [text, trimmed, unquoted(trimmed), String(numberIn(trimmed))];
  return spellings.map((spelling) => classes.indexOf(spelling)).find((at) => at >= 0);
}

const TRUTHS: ReadonlyMap<string, number> = new Map([
  ['1', 1],
  ['1.0', 1],
  ['true', 1],
  ['0', 0],
  ['0.0', 0],
  ['false', 0],
]);

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberIn(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const unquoted = (text: string): string => /^"(.*)"$/s.exec(text)?.[1]?.replaceAll('""', '"') ?? text;

function expected({ problem, classes = [] }: Target): string {
  if (problem === 'binary') return '1, 0, true or false';
  if (problem === 'regression') return 'a number';
  return `one of the classes ${classes.slice(0, SHOWN).join(', ')}${classes.length > SHOWN ? ', …' : ''}`;
}

const SHOWN = 10;
const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
