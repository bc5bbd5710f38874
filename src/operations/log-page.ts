/** Places between the lines of a log, many of which are of one millisecond: where a page ends and the next one goes on. Pure. */

/** An instant, and how many lines of that very instant lie on this side of the place. */
export interface LogPlace {
  readonly at: string;
  readonly lines: number;
}

interface Line {
  readonly at: string;
}

/** `2026-01-31T08:00:00.000Z~3`, or an instant alone. */
export const LOG_PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?:~(\d{1,6}))?$/;

export const placeText = ({ at, lines }: LogPlace): string => `${at}~${lines}`;

/** undefined for a text that is no place. */
export function readPlace(text: string): LogPlace | undefined {
  const [, at, lines = '0'] = LOG_PLACE.exec(text) ?? [];
  // CloudWatch counts from 1970.
  return at !== undefined && Date.parse(at) >= 0 ? { at, lines: Number(lines) } : undefined;
}

/** What comes before a place, of lines in the order of time up to its instant: the last ones of that instant are behind it. */
export function linesBefore<T extends Line>(lines: readonly T[], { at, lines: behind }: LogPlace): T[] {
  const there = lines.filter((line) => line.at === at).length;
  return lines.slice(0, lines.length - Math.min(there, behind)).filter((line) => line.at < at || behind > 0);
}

/** The place right before the first of these lines, which themselves come before `than`. */
export function placeBefore(lines: readonly Line[], than?: LogPlace): LogPlace | undefined {
  const [first] = lines;
  if (!first) return undefined;
  const own = lines.filter(({ at }) => at === first.at).length;
  return { at: first.at, lines: own + (first.at === than?.at ? than.lines : 0) };
}

/** What comes after a place, of lines in the order of time: the first ones of its instant are behind it. */
export function linesAfterPlace<T extends Line>(lines: readonly T[], { at, lines: behind }: LogPlace): T[] {
  const from = lines.filter((line) => line.at >= at);
  const there = from.filter((line) => line.at === at).length;
  return from.slice(Math.min(there, behind));
}

/** The place right after the last of these lines, which themselves come after `than`. */
export function placeAfter(lines: readonly Line[], than?: LogPlace): LogPlace | undefined {
  const last = lines.at(-1);
  if (!last) return than;
  const own = lines.filter(({ at }) => at === last.at).length;
  return { at: last.at, lines: own + (last.at === than?.at ? than.lines : 0) };
}
