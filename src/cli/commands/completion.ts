/** `perennial completion`: what makes a shell complete commands, flags and the names of models. */

import { readClientConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import { closest } from '../../plan/problems.ts';
import { type Command, type Commands, command } from '../command.ts';
import { completionScript, SHELLS } from '../completion.ts';

/** Somebody waits with a finger on the key. */
const WITHIN_MS = 2_000;

/** `commands` gives all of them, this one among them. */
export const completionOf = (commands: () => Commands): Command =>
  command({
    description: 'Print what makes a shell complete commands, flags and models',
    examples: {
      'completion bash': 'in ~/.bashrc: eval "$(perennial completion bash)"',
      'completion zsh': 'in ~/.zshrc: source <(perennial completion zsh)',
      'completion fish': 'in config.fish: perennial completion fish | source',
    },
    args: {
      shell: {
        type: 'positional',
        required: true,
        valueHint: SHELLS.join('|'),
        description: `${SHELLS.join(', ')}; or models, for their names alone`,
      },
    },
    async run({ args: { shell } }) {
      if (shell === 'models') {
        const models = await modelNames();
        return { json: { models }, text: models.join('\n') };
      }
      const known = SHELLS.find((one) => one === shell);
      if (!known) {
        const near = closest(shell, SHELLS);
        throw new UserError(
          `there is no completion for "${shell}"`,
          near ? `did you mean ${near}?` : `it may be ${SHELLS.join(', ')}`,
        );
      }
      const script = completionScript(known, commands());
      return { json: { shell: known, script }, text: script };
    },
  });

/** None when Temporal does not answer at once. */
async function modelNames(): Promise<string[]> {
  const operations = await import('../../operations/index.ts');
  const { taskQueue } = readClientConfig();
  const asked = async () => {
    const operator = await operations.connect({ taskQueue, timeoutMs: WITHIN_MS });
    try {
      return (await operations.listModels(operator)).map(({ model }) => model);
    } finally {
      await operator.close();
    }
  };
  const late = new Promise<string[]>((resolve) => setTimeout(resolve, WITHIN_MS, []).unref());
  return Promise.race([asked(), late]).catch((error) => {
    if (error instanceof UserError) return [];
    throw error;
  });
}
