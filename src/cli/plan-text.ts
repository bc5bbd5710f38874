/** Differences between two plans as lines. Pure. */
import { styleText } from 'node:util';
import { span } from '../plan/span.ts';

type Kind = 'added' | 'changed' | 'removed';
const MARKS: Readonly<Record<string, string>> = {
  added: styleText('green', '+'),
  changed: styleText('yellow', '~'),
  removed: styleText('red', '-'),
};
/** Where a plan has a duration, which it keeps as milliseconds. */
const DURATION =
  /\.(window|timeout|remindEvery|maxRuntime|bake|probation|maxLatencyP99|latencyP99|every|debounce|cooldown)$/;

export function changeLines(changes: readonly { kind: Kind; path: string; old?: unknown; new?: unknown }[]): string[] {
  return changes.map(({ kind, path, old, new: now }) => {
    const [before, after] = [shown(path, old), shown(path, now)];
    const value = kind === 'added' ? after : kind === 'removed' ? before : `${before} → ${after}`;
    return `  ${MARKS[kind]} ${path}: ${value}`;
  });
}

export const fileLines = (files: readonly { file: string; kind: string; lines: readonly string[] }[]): string[] =>
  files.flatMap(({ file, kind, lines }) => [
    `  ${MARKS[kind]} ${file}`,
    ...lines.map((line) => `      ${coloured(line)}`),
  ]);

const coloured = (line: string): string =>
  line.startsWith('+') ? styleText('green', line) : line.startsWith('-') ? styleText('red', line) : line;

function shown(path: string, value: unknown): string {
  if (typeof value === 'number' && DURATION.test(path)) return value < 1000 ? `${value} ms` : span(value);
  return JSON.stringify(value) ?? '';
}
