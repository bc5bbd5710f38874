/** `perennial labels`: tells a model what came true, through its API and with its key. */
import { readClientConfig } from '../../config.ts';
import { command } from '../command.ts';
import { readData } from '../data.ts';
import { counted, figure } from '../format.ts';
import { MODEL_ARG, modelName } from '../model.ts';
import { readOutcomes } from '../outcomes.ts';

export const labels = command({
  description: 'Tell what came true of predictions: quality is watched by it',
  examples: {
    'labels flight-delays --data @outcomes.csv': 'a file with the columns id and outcome',
    'labels flight-delays --data \'{"id":"3f2a/0","outcome":true}\'': 'one outcome',
  },
  args: {
    model: MODEL_ARG,
    data: {
      type: 'string',
      valueHint: 'JSON|@file|-',
      description:
        'Outcomes by the ids of predictions, as JSON, JSON Lines or CSV; standard input when left out or "-"',
    },
  },
  async run({ args, stdin, signal, show }) {
    const model = await modelName(args.model);
    const outcomes = readOutcomes(await readData(args.data, stdin, 'JSON, JSON Lines or CSV'));
    const since = Date.now();
    const progress = (accepted: number) =>
      show({ what: `telling ${model}`, detail: `${figure(accepted)} of ${figure(outcomes.length)} outcomes`, since });
    progress(0);
    const { tellLabels } = await import('../../operations/labels.ts');
    const told = await tellLabels(readClientConfig(), { model, outcomes, signal, progress });
    return {
      json: told,
      text: `${model}: ${counted(told.accepted, 'outcome')} accepted; the next monitoring pass reads them`,
    };
  },
});
