/** The only writer: outcomes to standard output, everything else to standard error, one live line on a terminal. */
import { stripVTControlCharacters, styleText } from 'node:util';
import { span } from './format.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Where there is no terminal, details that change all the time are told this often. */
const DETAILS_EVERY_MS = 10_000;

/** What goes on. */
export interface Activity {
  readonly what: string;
  /** How far it is; changes often. */
  readonly detail?: string;
  /** Since when, in milliseconds since 1970. */
  readonly since?: number;
}

export interface Terminal {
  /** To standard output. */
  print(text: string): void;
  /** To standard error, on a line of its own. */
  note(line: string): void;
  /** On a terminal one line that is written again and again; elsewhere a line when it changes. */
  show(activity: Activity): void;
  /** Ends the live line. */
  clear(): void;
}

/** `quiet` shows no progress. Colours only on a terminal, and never with NO_COLOR; FORCE_COLOR asks for them anywhere. */
export function createTerminal(env: NodeJS.ProcessEnv, quiet = false): Terminal {
  const forced = env.FORCE_COLOR !== undefined && !['', '0', 'false'].includes(env.FORCE_COLOR);
  const coloured = forced || (!env.NO_COLOR && env.TERM !== 'dumb');
  const live = process.stderr.isTTY === true && env.TERM !== 'dumb';
  const fit = (text: string, tty: boolean | undefined) =>
    (tty || forced) && coloured ? text : stripVTControlCharacters(text);
  let shown: Activity | undefined;
  let toldAt = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    if (!shown) return;
    const { what, detail, since } = shown;
    const took = since === undefined ? '' : span(Date.now() - since);
    const line = [what, took, detail].filter(Boolean).join(' · ');
    const width = (process.stderr.columns || 80) - 3;
    const cut = line.length > width ? `${line.slice(0, width - 1)}…` : line;
    frame = (frame + 1) % FRAMES.length;
    const mark = coloured ? styleText('cyan', FRAMES[frame] ?? '') : (FRAMES[frame] ?? '');
    process.stderr.write(`\r\x1b[2K${mark} ${cut}`);
  };
  const tell = ({ what, detail }: Activity) => {
    const now = Date.now();
    if (shown?.what === what && (shown.detail === detail || now - toldAt < DETAILS_EVERY_MS)) return;
    toldAt = now;
    process.stderr.write(`${stripVTControlCharacters([what, detail].filter(Boolean).join(' · '))}\n`);
  };
  const clear = () => {
    if (timer) process.stderr.write('\r\x1b[2K');
    clearInterval(timer);
    timer = undefined;
  };
  return {
    clear,
    print: (text) => {
      clear();
      if (text) process.stdout.write(`${fit(text, process.stdout.isTTY)}\n`);
    },
    note: (line) => {
      clear();
      process.stderr.write(`${fit(line, process.stderr.isTTY)}\n`);
    },
    show: (activity) => {
      if (quiet) return;
      if (!live) tell(activity);
      shown = activity;
      if (!live) return;
      timer ??= setInterval(draw, 100).unref();
      draw();
    },
  };
}
