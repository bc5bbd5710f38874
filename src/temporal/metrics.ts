/** What a worker counts beside Temporal's own metrics, and tells its log: the calls that it makes of AWS, and how they wait. */
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

/** One line a minute is enough to see that calls wait. */
const TOLD_EVERY_MS = 60_000;
/** A shorter wait is no news. */
const WAITED_MS = 1_000;

/** Counts each call when told how many milliseconds it waited for its turn, or that it was sent away. */
export function callCounter(log: Logger): (operation: string, waitedMs: number | undefined) => void {
  const meter = Runtime.instance().metricMeter;
  const calls = meter.createCounter('perennial_aws_calls', 'calls', 'calls of AWS by operation');
  const waited = meter.createCounter('perennial_aws_waited', 'ms', 'milliseconds that calls waited for their turn');
  const sentAway = meter.createCounter('perennial_aws_sent_away', 'calls', 'calls that were put off: too many waited');
  let told = Number.NEGATIVE_INFINITY;
  return (operation, waitedMs) => {
    const tags = { operation };
    if (waitedMs === undefined) sentAway.add(1, tags);
    else {
      calls.add(1, tags);
      if (waitedMs > 0) waited.add(Math.round(waitedMs), tags);
    }
    const now = performance.now();
    if ((waitedMs ?? WAITED_MS) < WAITED_MS || now - told < TOLD_EVERY_MS) return;
    told = now;
    log.warn({ operation, waitedMs }, 'calls of AWS wait their turn: PERENNIAL_AWS_RATE holds them back');
  };
}
