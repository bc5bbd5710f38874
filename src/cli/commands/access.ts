/** `perennial access`: what others need to ask a model. */
import { readClientConfig } from '../../config.ts';
import { command } from '../command.ts';
import { MODEL_ARG, modelName } from '../model.ts';

export const access = command({
  description: 'Print where a model is asked for predictions, and the key for it, as a shell takes them',
  examples: {
    'access flight-delays': 'for eval "$(npx perennial access flight-delays)": MODEL_URL and MODEL_KEY',
    'access flight-delays --json': 'for a program',
  },
  args: { model: MODEL_ARG },
  async run({ args }) {
    const model = await modelName(args.model);
    const { accessTo } = await import('../../operations/api.ts');
    const found = await accessTo(readClientConfig(), model, 'predictions');
    return { json: found, text: `export MODEL_URL='${found.url}'\nexport MODEL_KEY='${found.key}'` };
  },
});
