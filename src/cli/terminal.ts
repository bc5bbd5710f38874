/** The only writer: outcomes to standard output, everything else to standard error, one live line on a terminal. */
import { stripVTControlCharacters, styleText } from 'node:util';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export interface Terminal {
  /** To standard output. */
  print(text: string): void;
  /** To standard error, on a line of its own. */
  note(line: string): void;
  /** What goes on: on a terminal in one line that is written again and again, elsewhere a line when it changes. */
  show(line: string): void;
  /** Ends the live line. */
  clear(): void;
}

/** `quiet` shows no progress. Colours only on a terminal, and never with NO_COLOR. */
export function createTerminal(env: NodeJS.ProcessEnv, quiet = false): Terminal {
  const live = process.stderr.isTTY === true && env.TERM !== 'dumb';
  let shown = '';
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    frame = (frame + 1) % SPINNER.length;
    const width = (process.stderr.columns ?? 80) - 3;
    const line = shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
    process.stderr.write(`\r\x1b[2K${paint('cyan', SPINNER[frame] ?? '', env)} ${line}`);
  };
  const clear = () => {
    if (timer) process.stderr.write('\r\x1b[2K');
    clearInterval(timer);
    timer = undefined;
    shown = '';
  };
  return {
    clear,
    print: (text) => {
      clear();
      if (text) process.stdout.write(`${plain(text, env, process.stdout.isTTY)}\n`);
    },
    note: (line) => {
      clear();
      process.stderr.write(`${plain(line, env, process.stderr.isTTY)}\n`);
    },
    show: (line) => {
      if (quiet || line === shown) return;
      shown = line;
      if (!live) return void process.stderr.write(`${stripVTControlCharacters(line)}\n`);
      timer ??= setInterval(draw, 100).unref();
      draw();
    },
  };
}

const coloured = (env: NodeJS.ProcessEnv): boolean => !env.NO_COLOR && env.TERM !== 'dumb';

const paint = (style: 'cyan', text: string, env: NodeJS.ProcessEnv): string =>
  coloured(env) ? styleText(style, text) : text;

const plain = (text: string, env: NodeJS.ProcessEnv, tty: boolean | undefined): string =>
  tty && coloured(env) ? text : stripVTControlCharacters(text);
