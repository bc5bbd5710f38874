/** A command line → an exit code: 0 done, 1 a bug or a failed wish, 2 the person's error, 130 Ctrl-C. Prints; nothing else does. */
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { type CommandDef, renderUsage } from 'citty';
import { ConfigError } from '../config.ts';
import { UserError } from '../errors.ts';
import { PlanError } from '../plan/problems.ts';
import { redact } from '../redact.ts';
import { readArguments, unknownCommand } from './arguments.ts';
import type { Command, Commands, Outcome } from './command.ts';
import { columns } from './format.ts';
import { createTerminal } from './terminal.ts';

const JSON_FLAG = {
  json: { type: 'boolean', description: 'Print the outcome as JSON on standard output' },
} as const;

export async function main(words: readonly string[], commands: Commands): Promise<number> {
  const [name, ...rest] = words;
  const json = rest.includes('--json');
  const terminal = createTerminal(process.env, { quiet: json });
  endWithReader();
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      terminal.print(await usage(commands, rest[0]));
      return name === undefined ? 2 : 0;
    }
    if (name === '--version' || name === '-v') {
      terminal.print(version());
      return 0;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw unknownCommand(name, Object.keys(commands));
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.print(await usage(commands, name));
      return 0;
    }
    const { signal, release } = interrupts();
    const args = readArguments(rest, { ...command.args, ...JSON_FLAG }, name);
    const stdin = () => readAll(process.stdin);
    const outcome = await command
      .run({
        args,
        signal,
        stdin,
        show: terminal.show,
        note: terminal.note,
        print: terminal.print,
        frame: terminal.frame,
      })
      .finally(release);
    terminal.print(json ? JSON.stringify(outcome.json, null, 2) : outcome.text);
    return outcome.exitCode ?? 0;
  } catch (error) {
    const { outcome, known } = explain(error);
    if (json) terminal.print(JSON.stringify(outcome.json, null, 2));
    terminal.note(known ? outcome.text : redact((error as Error).stack ?? String(error)));
    return outcome.exitCode ?? 1;
  } finally {
    terminal.clear();
  }
}

/** `perennial status | head -1`: nobody reads on, and that is no error. */
function endWithReader(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

/** What a thrown thing means to a person: a user's error in a line and a hint, anything else is a bug. */
function explain(error: unknown): { known: boolean; outcome: Outcome } {
  if (error instanceof PlanError) {
    const json = { error: { message: 'the plan is not usable', problems: error.problems } };
    return { known: true, outcome: { json, text: error.message, exitCode: 2 } };
  }
  if (error instanceof UserError || error instanceof ConfigError) {
    const { message } = error;
    const hint =
      error instanceof UserError ? error.hint : 'start the laptop cloud with `perennial up`, or see docs/aws.md';
    return {
      known: true,
      outcome: {
        json: { error: { message, hint } },
        text: `${message}${message.includes('\n') ? '\n' : '; '}${hint}`,
        exitCode: 2,
      },
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { known: false, outcome: { json: { error: { message } }, text: message, exitCode: 1 } };
}

/** The first Ctrl-C asks the command to end; the second one ends the process. */
function interrupts(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, abort);
  const release = () => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, abort);
  };
  return { signal: controller.signal, release };
}

async function usage(commands: Commands, name?: string): Promise<string> {
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command && name) {
    const told = await renderUsage(definition(name, command), { meta: { name: 'perennial' } });
    return `${told.trimEnd()}\n\n${examplesText(command.examples)}`;
  }
  return renderUsage({
    meta: {
      name: 'perennial',
      version: version(),
      description: 'Takes a model through its whole life, again and again',
    },
    subCommands: Object.fromEntries(Object.entries(commands).map(([name, it]) => [name, definition(name, it)])),
  });
}

function examplesText(examples: Command['examples']): string {
  const rows = Object.entries(examples).map(([words, what]) => [`perennial ${words}`, styleText('gray', what)]);
  return `${styleText(['underline', 'bold'], 'EXAMPLES')}\n\n${columns(rows)}`;
}

const definition = (name: string, { description, args }: Command): CommandDef => ({
  meta: { name, description },
  args: { ...args, ...JSON_FLAG },
});

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
