/** Numbers, instants and tables as people read them. Pure. */
import { stripVTControlCharacters } from 'node:util';

/** `2001-06-12 03:00 UTC` */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

export const figure = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(4);

export const counted = (n: number, thing: string): string => `${figure(n)} ${thing}${n === 1 ? '' : 's'}`;

/** Columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, visible(cell))), []);
  const pad = (cell: string, i: number) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - visible(cell)));
  return rows.map((row) => `${indent}${row.map(pad).join('  ')}`.trimEnd()).join('\n');
}

const visible = (text: string): number => [...stripVTControlCharacters(text)].length;
