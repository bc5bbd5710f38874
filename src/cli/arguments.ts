/** Words of a command line → arguments of a command, strictly: what is not known is refused with what may be meant. */
import { parseArgs as tokenize } from 'node:util';
import { type ArgsDef, type ParsedArgs, parseArgs } from 'citty';
import { UserError } from '../errors.ts';
import { closest } from '../plan/problems.ts';
import { parseDuration } from '../plan/units.ts';

/** Throws `UserError`. `name` is the command's, for the hint. */
export function readArguments(words: readonly string[], args: ArgsDef, name: string): ParsedArgs {
  const hint = `see \`perennial ${name} --help\``;
  const places = Object.entries(args).filter(([, arg]) => arg.type === 'positional');
  const { tokens } = tokenize({
    args: [...words],
    options: tokenizerOptions(args),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  let given = 0;
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') given += 1;
    if (token.kind === 'positional' && given > places.length)
      throw new UserError(`"${token.value}" is one word too many`, hint);
    if (token.kind !== 'option') continue;
    const arg = args[token.name] ?? negated(token.name, args);
    if (!arg || arg.type === 'positional') throw unknownFlag(token.rawName, args, hint);
    if (seen.has(token.name)) throw new UserError(`${token.rawName} is given twice`, hint);
    seen.add(token.name);
    if (arg.type === 'boolean' && token.value !== undefined)
      throw new UserError(`${token.rawName} takes no value, found "${token.value}"`, hint);
    if (arg.type !== 'boolean' && !token.value)
      throw new UserError(`${token.rawName} needs a value (${arg.valueHint ?? 'text'})`, hint);
  }
  const missing = places.slice(given).find(([, arg]) => arg.required !== false);
  if (missing) throw new UserError(`<${missing[0]}> is missing: ${missing[1].description}`, hint);
  return parseArgs([...words], args);
}

/** The command that `word` names. Throws `UserError` with the nearest one. */
export function unknownCommand(word: string, known: readonly string[]): UserError {
  const near = closest(word, known);
  return new UserError(
    `there is no command "${word}"`,
    near ? `did you mean \`perennial ${near}\`?` : `it may be ${known.join(', ')}`,
  );
}

/** A whole number from 1 on. */
export function wholeNumber(text: string, flag: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UserError(`${flag} is "${text}"`, 'give a whole number from 1 on');
  return Number(text);
}

/** A port; 0 takes any. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UserError(`--port is "${text}"`, 'give a number from 0 to 65535');
  return Number(text);
}

/** A duration in milliseconds, `least` or longer. */
export function duration(text: string, flag: string, mend: string, least = 0): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= least) return ms;
  throw new UserError(`${flag} is "${text}"`, mend);
}

/** An instant as ISO 8601 in UTC, from any ISO 8601 that says its zone, or a date (its first instant in UTC). */
export function instant(text: string, flag: string): string {
  const whole = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = new Date(text);
  const real = whole && !Number.isNaN(at.getTime());
  if (!real) throw new UserError(`${flag} is "${text}"`, 'give an instant such as 2001-05-01T00:00:00Z, or a date');
  return at.toISOString();
}

/** `--no-worker` is the contrary of a flag that is on when nothing is said. */
function negated(name: string, args: ArgsDef): ArgsDef[string] | undefined {
  const arg = args[name.replace(/^no-/, '')];
  return name.startsWith('no-') && arg?.type === 'boolean' && arg.default === true ? arg : undefined;
}

function unknownFlag(flag: string, args: ArgsDef, hint: string): UserError {
  const flags = Object.keys(args).filter((name) => args[name]?.type !== 'positional');
  const near = closest(flag.replace(/^-+/, ''), flags);
  return new UserError(`there is no flag ${flag}`, near ? `did you mean --${near}?` : hint);
}

const tokenizerOptions = (args: ArgsDef): Record<string, { type: 'boolean' | 'string' }> =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([, arg]) => arg.type !== 'positional')
      .map(([name, arg]) => [name, { type: arg.type === 'boolean' ? 'boolean' : 'string' } as const]),
  );
