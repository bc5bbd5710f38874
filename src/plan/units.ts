/** Amounts as people write them: "7 days", "200ms", "10%", 1_000_000. */
import { z } from 'zod';

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  second: 1_000,
  seconds: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
};

/** What `parseDuration` takes, for schemas that say it. */
export const DURATION = new RegExp(`^\\d+(\\.\\d+)? ?(${Object.keys(UNITS).join('|')})$`);

/** Milliseconds of a duration such as "7 days" or "200ms"; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const found = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/.exec(text);
  const unit = found && UNITS[found[2] ?? ''];
  return unit ? Number(found[1]) * unit : undefined;
}

/** A fraction of "10%"; undefined when it is none. */
export function parseShare(text: string): number | undefined {
  const found = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return found ? Number(found[1]) / 100 : undefined;
}

/** A duration, read into milliseconds. */
export const duration = z
  .union([z.string(), z.number().nonnegative()])
  .transform((value, context) => {
    const ms = typeof value === 'number' ? value : parseDuration(value);
    if (ms === undefined) {
      context.addIssue({
        code: 'custom',
        message: `"${value}" is no duration; write a number and a unit, as "90s", "10m", "24h" or "7 days"`,
      });
      return z.NEVER;
    }
    return ms;
  })
  .describe('A duration.');

/** A whole number of rows. */
export const rowCount = z.number().int().min(1);

/** A cron calendar of five fields. */
export const scheduleText = z.string().regex(/^(\S+\s+){4}\S+$/, 'five cron fields, as "0 3 * * 1"');
