/** What a shell completes, written from the commands' own data: one script a shell, in which all but the models' names is fixed. Pure. */
import type { Command, Commands } from './command.ts';
import { bash } from './shells/bash.ts';
import { fish } from './shells/fish.ts';
import { zsh } from './shells/zsh.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export interface Flag {
  readonly name: string;
  readonly description: string;
  /** What follows it; nothing after a switch. */
  readonly value?: 'file' | 'text';
}

export interface Completed {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly Flag[];
  /** What its first word may be. */
  readonly first: readonly Kind[];
  readonly words: readonly string[];
}

type Kind = 'models' | 'folders';

const JSON_FLAG: Flag = { name: 'json', description: 'Print the outcome as JSON' };

export function completionScript(shell: Shell, commands: Commands): string {
  const all = Object.entries(commands).map(([name, command]) => completed(name, command));
  return { bash, zsh, fish }[shell](all);
}

function completed(name: string, { description, args }: Command): Completed {
  const entries = Object.entries(args);
  const [place, positional] = entries.find(([, arg]) => arg.type === 'positional') ?? [];
  const flags = entries
    .filter(([, arg]) => arg.type !== 'positional')
    .map(([flag, arg]): Flag => {
      const off = arg.type === 'boolean' && arg.default === true;
      const what = off && 'negativeDescription' in arg ? arg.negativeDescription : arg.description;
      const value = arg.type === 'boolean' ? undefined : /file/i.test(arg.valueHint ?? '') ? 'file' : 'text';
      return { name: off ? `no-${flag}` : flag, description: String(what ?? ''), value };
    });
  const first: Kind[] =
    place === 'model'
      ? ['models']
      : place === 'plan' || place === 'folder'
        ? ['folders']
        : place === 'subject'
          ? ['models', 'folders']
          : [];
  const words = positional?.valueHint?.split('|') ?? [];
  return { name, description, flags: [...flags, JSON_FLAG], first, words };
}
