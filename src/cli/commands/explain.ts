/** `perennial explain`: one prediction from raw input to answer. */
import { UserError } from '../../errors.ts';
import type { Explain } from '../../operations/explain.ts';
import { instant } from '../arguments.ts';
import { command } from '../command.ts';
import { type Given, parseGiven, readData } from '../data.ts';
import { columns, figure, moment } from '../format.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';

const MEND = 'give one instance as a JSON object';
/** A category of a hundred columns is told by those that are not 0. */
const MOST_COLUMNS = 4;

export const explain = command({
  description: 'Explain one prediction step by step: what was sent, its features, what each did to the answer',
  examples: {
    'explain flight-delays --id 8c1b7a2e': 'a prediction that was given',
    'explain flight-delays --data @instance.json': 'one that is asked now',
  },
  args: {
    model: MODEL_ARG,
    id: { type: 'string', valueHint: 'id', description: 'The prediction, by the id that the API gave' },
    at: { type: 'string', valueHint: 'instant', description: 'About when it was asked, when it is long ago' },
    data: { type: 'string', valueHint: 'JSON|@file|-', description: 'Instead of an id: one instance, asked now' },
  },
  async run({ args, stdin }) {
    const model = await modelName(args.model);
    const { id, data } = args;
    if ((id === undefined) === (data === undefined))
      throw new UserError(
        id === undefined ? 'nothing to explain' : '--id and --data are two things',
        'give --id <id> of a prediction, or --data <JSON>',
      );
    const at = args.at === undefined ? undefined : instant(args.at, '--at');
    const instance = data === undefined ? undefined : oneInstance(await readData(data, stdin, 'JSON'));
    const operations = await import('../../operations/explain.ts');
    const told = await withArchive((archive) => operations.explain(archive, { model, id, at, instance }));
    return { json: told, text: explainText(told) };
  },
});

/** A person may write the instance, a list of one, or the whole request. */
function oneInstance(given: Given): Readonly<Record<string, unknown>> {
  const value = parseGiven(given, MEND) as { instances?: unknown };
  const inner = Array.isArray(value) ? value : Array.isArray(value?.instances) ? value.instances : [value];
  const [one] = inner as unknown[];
  if (inner.length === 1 && typeof one === 'object' && one !== null && !Array.isArray(one))
    return one as Readonly<Record<string, unknown>>;
  throw new UserError(`${given.place} is not one instance`, MEND);
}

/** Pure. */
export function explainText(told: Explain): string {
  const { model, version, algorithm, cycle, asked, instance, steps, outcome, notes } = told;
  const when = asked ? `, asked ${moment(asked.at)} as ${asked.id}` : ', asked now';
  return [
    `${model}, v${version} (${algorithm}, cycle ${cycle})${when}`,
    'What was sent:',
    columns(Object.entries(instance).map(([name, value]) => [name, JSON.stringify(value)])),
    'What it became:',
    columns([['FEATURE', 'BY FEATURES.SQL', 'THE MODEL READS', 'HOW'], ...steps.map(stepRow)]),
    ...outputTexts(told),
    answerText(told),
    ...(outcome ? [`What came true: ${outcome.value}`] : []),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

function stepRow({ feature, raw, columns: read, how }: Explain['steps'][number]): string[] {
  const [only, ...others] = read;
  const set = others.length === 0 ? read : read.filter(({ value }) => value !== 0);
  const shown = set.slice(0, MOST_COLUMNS).map(({ name, value }) => {
    const text = value === null ? 'missing' : number(value);
    return others.length === 0 && name === only?.name ? text : `${name} ${text}`;
  });
  const more = set.length > MOST_COLUMNS ? [`and ${set.length - MOST_COLUMNS} more`] : [];
  return [feature, JSON.stringify(raw) ?? '', [...shown, ...more].join(', ') || `0 in ${read.length} columns`, how];
}

/** Of several classes, that of the answer; `--json` has all. */
function outputTexts({ outputs = [], scale, answered }: Explain): string[] {
  const shown = outputs.length > 1 ? outputs.filter((one) => one.class === answered?.label) : outputs;
  return shown.flatMap(({ class: name, bias, contributions, sum }) => [
    `What each feature did${name === undefined ? '' : ` to "${name}"`} (${scale}):`,
    columns([
      ['it begins at', number(bias)],
      ...contributions.map(({ feature, added }) => [feature, added < 0 ? number(added) : `+${number(added)}`]),
      ['together', number(sum)],
    ]),
  ]);
}

function answerText({ answered, again, threshold, outputs }: Explain): string {
  if (!answered) return 'What was answered: not known';
  const { probability, label, value } = answered as { probability?: number; label?: unknown; value?: number };
  const sum = outputs?.length === 1 ? `${number(outputs[0]?.sum ?? 0)} → ` : '';
  const text =
    value !== undefined
      ? `${sum}${number(value)}`
      : threshold !== undefined && probability !== undefined
        ? `${sum}probability ${number(probability)}, ${probability >= threshold ? 'at or above' : 'below'} the threshold ${threshold} → ${label}`
        : `${label}, with probability ${number(probability ?? Number.NaN)}`;
  const now = again ? ` (the same version answers otherwise now: ${JSON.stringify(again)})` : '';
  return `What was answered: ${text}${now}`;
}

const number = (value: number): string => figure(Math.abs(value) < 5e-5 ? 0 : value);
