/** What `POST /outcomes` takes, and the lines in which SageMaker's ground truth keeps it. Pure. */
import { type GatewayRequest, kindOf, readList } from './body.ts';
import { Refusal } from './refusal.ts';

export const OUTCOMES_PATH = '/outcomes';
export const MAX_OUTCOMES = 1000;
const TAKEN = {
  path: OUTCOMES_PATH,
  key: 'outcomes',
  atMost: MAX_OUTCOMES,
  example: 'send {"outcomes":[{"id":"<id of a prediction>","outcome":…}, …]}',
} as const;
/** Inference ids have at most 64 characters, classes at most 256. */
const LONGEST_ID = 128;
const LONGEST_TEXT = 256;

/** What the model predicts. */
export type GatewayProblem = 'binary' | 'multiclass' | 'regression';

/** One line an outcome, in their order. Throws `Refusal` that names the place of the first that is none. */
export function readOutcomes(request: GatewayRequest, problem: GatewayProblem): string[] {
  return readList(request, TAKEN).list.map((one, at) => {
    const place = `outcomes[${at}]`;
    const extra = Object.keys(one).find((key) => key !== 'id' && key !== 'outcome');
    if (extra !== undefined) throw wrong(`${place}: nothing is called ${JSON.stringify(extra.slice(0, 60))}`);
    const { id, outcome } = one;
    if (typeof id !== 'string') throw wrong(`${place}.id: expected a text, found ${kindOf(id)}`);
    if (!ID.test(id))
      throw wrong(`${place}.id: it is no id of a prediction; send it as the prediction had it, such as "4b5c…/0"`);
    const data = textOf(outcome, problem);
    if (data === undefined) throw wrong(`${place}.outcome: expected ${EXPECTED[problem]}, found ${kindOf(outcome)}`);
    return JSON.stringify({
      groundTruthData: { data, encoding: 'CSV' },
      eventMetadata: { eventId: id },
      eventVersion: '0',
    });
  });
}

const ID = new RegExp(`^[\\x21-\\x7e]{1,${LONGEST_ID}}$`);

const EXPECTED: Readonly<Record<GatewayProblem, string>> = {
  binary: 'true, false, 1 or 0',
  multiclass: `the class, of at most ${LONGEST_TEXT} characters`,
  regression: 'a finite number',
};

/** An outcome may come as text, too: a CSV file has nothing else. */
function textOf(outcome: unknown, problem: GatewayProblem): string | undefined {
  const text = typeof outcome === 'string' ? outcome.trim() : isPlain(outcome) ? String(outcome) : '';
  if (text === '' || text.length > LONGEST_TEXT) return undefined;
  if (problem === 'binary') return /^(true|false|[01](\.0)?)$/i.test(text) ? text : undefined;
  if (problem === 'regression') return NUMBER.test(text) && Number.isFinite(Number(text)) ? text : undefined;
  return typeof outcome === 'boolean' ? undefined : text;
}

const isPlain = (value: unknown): boolean => typeof value === 'boolean' || Number.isFinite(value);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const wrong = (message: string): Refusal => new Refusal(400, 'outcome', message);
