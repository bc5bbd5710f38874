/** What a command is: data. It takes arguments and gives an outcome; only main prints and exits. */
import type { ArgsDef, ParsedArgs } from 'citty';
import type { Activity } from './terminal.ts';

export interface Outcome {
  /** What `--json` prints. */
  readonly json: unknown;
  /** What people read; nothing is printed when it is empty. */
  readonly text: string;
  /** 0 when left out. */
  readonly exitCode?: number;
}

export interface Context<A extends ArgsDef = ArgsDef> {
  readonly args: ParsedArgs<A>;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
  /** Shows what goes on while a command waits. */
  show(activity: Activity): void;
  /** A part of the outcome that does not wait for the rest. */
  print(text: string): void;
  /** On a terminal: text in the place of the text before; elsewhere there is no such thing. */
  readonly frame?: (text: string) => void;
  /** Says something beside the outcome, such as a warning. */
  note(line: string): void;
  stdin(): Promise<string>;
}

export interface Command<A extends ArgsDef = ArgsDef> {
  readonly description: string;
  /** What one writes after `perennial`, and what that is for; `--help` shows them. */
  readonly examples: Readonly<Record<string, string>>;
  readonly args: A;
  run(context: Context<A>): Promise<Outcome>;
}

export type Commands = Readonly<Record<string, Command>>;

/** Keeps the types of a command's arguments. */
export const command = <const A extends ArgsDef>(definition: Command<A>): Command => definition as unknown as Command;
