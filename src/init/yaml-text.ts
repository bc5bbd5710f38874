/** Values as YAML reads them back, plain where that is safe. Pure. */

const WORD = /^[A-Za-z][\w-]*( [A-Za-z][\w-]*)*$/;
const SPECIAL = /^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i;

/** JSON's texts are YAML's, too. */
export const scalar = (text: string): string =>
  WORD.test(text) && !SPECIAL.test(text) && text.length <= 60 ? text : JSON.stringify(text);

/** A list or mapping in brackets, broken into lines where it is long; `depth` is that of what it stands in. */
export function bracketed(open: '[' | '{', items: readonly string[], depth: number): string {
  const close = open === '[' ? ']' : '}';
  const space = open === '{' && items.length > 0 ? ' ' : '';
  const line = `${open}${space}${items.join(', ')}${space}${close}`;
  if (line.length + depth <= 110) return line;
  const indent = ' '.repeat(depth);
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length <= 110) lines[lines.length - 1] = `${last} ${item},`;
    else lines.push(`${indent}  ${item},`);
  }
  return [open, ...lines, `${indent}${close}`].join('\n');
}
