/** What the demo prints: titles, lines, and on a terminal one live line with what goes on and for how long. */
import { styleText } from 'node:util';

export interface Narrator {
  title(text: string): void;
  line(text: string): void;
  /** What is being done now; plain lines when not a terminal, only when it changes. */
  live(text: string): void;
  done(): void;
}

export function narrate(out: NodeJS.WriteStream = process.stdout): Narrator {
  const start = Date.now();
  const terminal = out.isTTY === true;
  const colour = terminal && !process.env.NO_COLOR;
  let now = '';
  let timer: NodeJS.Timeout | undefined;

  const clock = () => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const draw = () => out.write(`\r\x1b[2K${`  ${clock()}  ${now}`.slice(0, (out.columns ?? 80) - 1)}`);
  const done = () => {
    if (terminal && now) out.write('\r\x1b[2K');
    clearInterval(timer);
    timer = undefined;
    now = '';
  };
  const line = (text: string) => {
    done();
    out.write(`  ${clock()}  ${text}\n`);
  };
  return {
    done,
    line,
    title(text) {
      done();
      out.write(`\n${colour ? styleText('bold', text) : text}\n`);
    },
    live(text) {
      if (text === now) return;
      if (!terminal) line(text);
      now = text;
      if (!terminal) return;
      timer ??= setInterval(draw, 200).unref();
      draw();
    },
  };
}
