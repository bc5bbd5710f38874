/** `perennial predict`: asks the model that serves, through its API and with its key. */
import { readFile } from 'node:fs/promises';
import { readClientConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import type { Predicted } from '../../operations/predict.ts';
import { command } from '../command.ts';
import { columns, figure } from '../format.ts';
import { MODEL_ARG, modelName } from '../model.ts';

const MEND = 'give a JSON object, a list of them, or {"instances": [ … ]}';

export const predict = command({
  description: 'Ask the model that serves for predictions',
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
    const { text, place } = await read(args.data, stdin);
    const body = JSON.stringify({ instances: instances(text, place) });
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

async function read(data: string | undefined, stdin: () => Promise<string>): Promise<{ text: string; place: string }> {
  if (data === undefined || data === '-') return { text: await stdin(), place: 'standard input' };
  if (!data.startsWith('@')) return { text: data, place: '--data' };
  const path = data.slice(1);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code})`, 'name a file that holds JSON');
  });
  return { text, place: path };
}

/** A person may write one instance, a list of them, or the whole request. */
function instances(text: string, place: string): readonly unknown[] {
  const value = parse(text, place);
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null)
    throw new UserError(`${place}: found ${text.trim().slice(0, 40)}`, MEND);
  const inner = (value as { instances?: unknown }).instances;
  return Array.isArray(inner) ? inner : [value];
}

function parse(text: string, place: string): unknown {
  if (text.trim() === '') throw new UserError(`${place} is empty`, MEND);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${place} is not JSON: ${(error as Error).message}`, MEND);
  }
}
