/** Outcomes as people have them: JSON (one, a list, a whole request), JSON Lines, or CSV of id and outcome. Pure. */
import { UserError } from '../errors.ts';
import type { ToldOutcome } from '../operations/labels.ts';
import type { Given } from './data.ts';

const MEND =
  'give {"id": …, "outcome": …}, a list or lines of them, {"outcomes": [ … ]}, or CSV with the columns id and outcome';

/** In their order. Throws `UserError` that names the place of what is none. */
export function readOutcomes(given: Given): ToldOutcome[] {
  const { text, place } = given;
  const trimmed = text.trim();
  if (trimmed === '') throw new UserError(`${place} is empty`, MEND);
  const found = /^[[{]/.test(trimmed) ? fromJson(given) : fromCsv(given);
  if (found.length === 0) throw new UserError(`${place} holds no outcome`, MEND);
  return found.map(({ where, value }) => checked(value, `${place}${where}`));
}

interface Found {
  readonly where: string;
  readonly value: unknown;
}

/** One document when it reads as one, else a line each. */
function fromJson({ text, place }: Given): Found[] {
  const whole = parsed(text);
  if (whole === undefined)
    return text.split('\n').flatMap((line, at) => {
      if (line.trim() === '') return [];
      const value = parsed(line);
      if (value === undefined) throw new UserError(`${place} line ${at + 1} is not JSON`, MEND);
      return [{ where: ` line ${at + 1}`, value }];
    });
  const inner = (whole as { outcomes?: unknown }).outcomes ?? whole;
  if (!Array.isArray(inner)) return [{ where: '', value: inner }];
  return inner.map((value: unknown, at) => ({ where: `[${at}]`, value }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromCsv({ text, place }: Given): Found[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const names = cells(lines[0] ?? '').map((name) => name.trim().toLowerCase());
  const [id, outcome] = [names.indexOf('id'), names.indexOf('outcome')];
  if (id < 0 || outcome < 0)
    throw new UserError(`${place} is neither JSON nor CSV with the columns id and outcome`, MEND);
  return lines.slice(1).flatMap((line, at) => {
    if (line.trim() === '') return [];
    const row = cells(line);
    if (row.length !== names.length)
      throw new UserError(`${place} line ${at + 2} has ${row.length} columns, the first line ${names.length}`, MEND);
    return [{ where: ` line ${at + 2}`, value: { id: row[id]?.trim(), outcome: row[outcome] } }];
  });
}

/** The cells of one line, as RFC 4180 quotes them; no cell of ours has a line break. */
const cells = (line: string): string[] =>
  [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );

function checked(value: unknown, place: string): ToldOutcome {
  const { id, outcome } = (typeof value === 'object' && value !== null ? value : {}) as Partial<ToldOutcome>;
  if (typeof id !== 'string' || id === '') throw new UserError(`${place} has no id`, MEND);
  if (!['boolean', 'number', 'string'].includes(typeof outcome) || outcome === '')
    throw new UserError(`${place} has no outcome`, MEND);
  return { id, outcome: outcome as ToldOutcome['outcome'] };
}
