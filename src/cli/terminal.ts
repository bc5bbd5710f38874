/** The only writer: outcomes to standard output, everything else to standard error, one live line on a terminal. */
import { stripVTControlCharacters, styleText } from 'node:util';
import { span } from '../plan/span.ts';

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
  /** To standard output, in the place of the frame before; only where that is a terminal. */
  readonly frame?: (text: string) => void;
  /** To standard error, on a line of its own. */
  note(line: string): void;
  /** On a terminal one line that is written again and again; elsewhere a line when it changes. */
  show(activity: Activity): void;
  /** Ends the live line. */
  clear(): void;
}

/**
 * `quiet` shows no progress; `every` is how often details are told where there is no terminal, in milliseconds. Colours only on a
 * terminal, and never with NO_COLOR; FORCE_COLOR asks for them anywhere.
 */
export function createTerminal(
  env: NodeJS.ProcessEnv,
  { quiet = false, every = DETAILS_EVERY_MS }: { quiet?: boolean; every?: number } = {},
): Terminal {
  const forced = env.FORCE_COLOR !== undefined && !['', '0', 'false'].includes(env.FORCE_COLOR);
  const coloured = forced || (!env.NO_COLOR && env.TERM !== 'dumb');
  const live = process.stderr.isTTY === true && env.TERM !== 'dumb';
  const fit = (text: string, tty: boolean | undefined) =>
    (tty || forced) && coloured ? text : stripVTControlCharacters(text);
  let shown: Activity | undefined;
  let told: Activity | undefined;
  let toldAt = 0;
  let later: NodeJS.Timeout | undefined;
  let turn = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = () => {
    if (!shown) return;
    const { what, detail, since } = shown;
    const took = since === undefined ? '' : span(Date.now() - since);
    const line = [what, took, detail].filter(Boolean).join(' · ');
    const width = (process.stderr.columns || 80) - 3;
    const cut = line.length > width ? `${line.slice(0, width - 1)}…` : line;
    turn = (turn + 1) % FRAMES.length;
    const mark = coloured ? styleText('cyan', FRAMES[turn] ?? '') : (FRAMES[turn] ?? '');
    process.stderr.write(`\r\x1b[2K${mark} ${cut}`);
  };
  const tell = (activity: Activity) => {
    told = activity;
    toldAt = Date.now();
    const { what, detail } = activity;
    process.stderr.write(`${stripVTControlCharacters([what, detail].filter(Boolean).join(' · '))}\n`);
  };
  /** Of details that change in between the last one is told, when its time comes. */
  const tellInTime = (activity: Activity) => {
    clearTimeout(later);
    if (told?.what !== activity.what) return tell(activity);
    if (told.detail === activity.detail) return;
    later = setTimeout(tell, toldAt + every - Date.now(), activity).unref();
  };
  const clear = () => {
    clearTimeout(later);
    if (timer) process.stderr.write('\r\x1b[2K');
    clearInterval(timer);
    timer = undefined;
  };
  let framed = 0;
  const frame = (text: string) => {
    clear();
    const { rows = 24, columns = 80 } = process.stdout;
    // What does not fit cannot be overwritten: it is cut.
    const lines = fit(text, true)
      .split('\n')
      .slice(0, rows - 1)
      .map((line) => cutTo(line, columns));
    const back = framed > 1 ? `\x1b[${framed - 1}A` : '';
    process.stdout.write(`${framed > 0 ? `${back}\r` : ''}\x1b[0J${lines.join('\n')}`);
    framed = lines.length;
  };
  return {
    clear,
    ...(process.stdout.isTTY === true && env.TERM !== 'dumb' && { frame }),
    print: (text) => {
      clear();
      if (framed > 0) process.stdout.write('\n');
      framed = 0;
      if (text) process.stdout.write(`${fit(text, process.stdout.isTTY)}\n`);
    },
    note: (line) => {
      clear();
      process.stderr.write(`${fit(line, process.stderr.isTTY)}\n`);
    },
    show: (activity) => {
      if (quiet) return;
      if (!live) return tellInTime(activity);
      shown = activity;
      timer ??= setInterval(draw, 100).unref();
      draw();
    },
  };
}

/** What is cut loses its colours. */
function cutTo(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return [...plain].length <= width ? line : `${[...plain].slice(0, width - 1).join('')}…`;
}
