/** `perennial predict`: asks the model that serves, through its API and with its key. */
import { readClientConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import type { Predicted } from '../../operations/predict.ts';
import { command } from '../command.ts';
import { type Given, parseGiven, readData } from '../data.ts';
import { columns, figure } from '../format.ts';
import { MODEL_ARG, modelName } from '../model.ts';

const MEND = 'give a JSON object, a list of them, or {"instances": [ … ]}';

export const predict = command({
  description: 'Ask the model that serves for predictions',
  examples: {
    'predict cars --data \'{"Weight_in_lbs":2500,"Origin":"USA"}\'': 'one instance',
    'predict flight-delays --data @requests.json --json': 'a file of them; the whole answer',
  },
  args: {
    model: MODEL_ARG,
    data: {
      type: 'string',
      valueHint: 'JSON|@file|-',
      description: 'The instances; standard input when left out or "-"',
    },
  },
  async run({ args, stdin, signal }) {
    const model = await modelName(args.model);
    const body = JSON.stringify({ instances: instances(await readData(args.data, stdin, 'JSON')) });
    const operations = await import('../../operations/predict.ts');
    const answer = await operations.predict(readClientConfig(), { model, body, signal });
    return { json: answer, text: answerText(answer) };
  },
});

/** A table: what is predicted, how sure the model is of it, and the id that its true outcome is told by. Pure. */
export function answerText({ predictions, modelVersion }: Predicted): string {
  const rows = predictions.map((one) =>
    'value' in one ? [figure(one.value), one.id] : [one.probability.toFixed(4), String(one.label), one.id],
  );
  const values = predictions.some((one) => 'value' in one);
  return columns([[`v${modelVersion}`, ...(values ? ['id'] : ['label', 'id'])], ...rows], '');
}

/** A person may write one instance, a list of them, or the whole request. */
function instances(given: Given): readonly unknown[] {
  const value = parseGiven(given, MEND);
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null)
    throw new UserError(`${given.place}: found ${given.text.trim().slice(0, 40)}`, MEND);
  const inner = (value as { instances?: unknown }).instances;
  return Array.isArray(inner) ? inner : [value];
}
