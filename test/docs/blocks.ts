/** The fenced blocks of a page of the docs. */

export interface Block {
  /** `sh`, `yaml`, …; empty for what a program printed. */
  readonly kind: string;
  readonly text: string;
}

export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, kind = '', text = '']) => ({ kind, text }));

/** The command lines of a shell block, without comments; what goes on in the next line is one. */
export const commandsIn = ({ text }: Block): string[] =>
  text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');

/** What a program printed as the page shows it, as a pattern: numbers and ids differ from run to run, and `…` is what was left out. */
export function patternsOf({ text }: Block): RegExp[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => /[^\s…]/.test(line)).map((line) => new RegExp(patternOf(line)));
}

const patternOf = (line: string): string =>
  line
    .split('…')
    .map((part) =>
      part
        .split(/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[+-]?\d+(?:\.\d+)?|\s+)/)
        .map((piece, at) => (at % 2 === 0 ? literal(piece) : /^\s/.test(piece) ? '\\s+' : variable(piece)))
        .join(''),
    )
    .join('.*');

const variable = (piece: string): string => (piece.length === 36 ? '[\\da-f-]{36}' : '[+-]?\\d+(?:\\.\\d+)?');

const literal = (piece: string): string => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
