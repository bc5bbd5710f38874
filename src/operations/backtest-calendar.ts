/** At which instants a backtest trains: the plan's own calendar, or even steps. Pure. */
import { Cron } from 'croner';
import { UserError } from '../errors.ts';
import type { BacktestRequest } from './backtest.ts';

const MOST_ORIGINS = 30;

/** Instants from `from` to `to`, both among them when the calendar has them. */
export function calendarOf({ frozen, from, to, every }: Pick<BacktestRequest, 'frozen' | 'from' | 'to' | 'every'>): {
  calendar: string;
  instants: string[];
} {
  const { schedule, timeZone } = frozen.plan.retrain;
  if (from >= to) throw new UserError(`--from ${from} is not before --to ${to}`, 'give a time that has a length');
  const most = MOST_ORIGINS + 2;
  if (every === undefined && schedule === undefined)
    throw new UserError('the plan has no retrain.schedule', 'say how often: --every 7d');
  const found =
    every !== undefined
      ? evenly(from, every, most)
      : new Cron(schedule as string, { timezone: timeZone }).nextRuns(most, new Date(Date.parse(from) - 1));
  const instants = found.map((at) => at.toISOString()).filter((at) => at <= to);
  const calendar = every !== undefined ? `every ${spanText(every)}` : `${schedule} ${timeZone}`;
  if (instants.length < 2)
    throw new UserError(
      `from ${from} to ${to} the calendar (${calendar}) has ${instants.length === 0 ? 'no instant' : 'one instant'}, and a backtest needs two`,
      'widen the time, or say --every',
    );
  if (instants.length - 1 > MOST_ORIGINS)
    throw new UserError(
      `from ${from} to ${to} the calendar (${calendar}) has more than ${MOST_ORIGINS} instants to train at`,
      'narrow the time, or say --every with a longer step',
    );
  return { calendar, instants };
}

const evenly = (from: string, every: number, most: number): Date[] =>
  Array.from({ length: most }, (_, n) => new Date(Date.parse(from) + n * every));

function spanText(ms: number): string {
  for (const [unit, length] of [
    ['days', 86_400_000],
    ['hours', 3_600_000],
    ['minutes', 60_000],
  ] as const)
    if (ms % length === 0) return ms === length ? unit.slice(0, -1) : `${ms / length} ${unit}`;
  return `${ms / 1_000} seconds`;
}
