/** Temporal's runtime writes to our log: one stream of both. */
import type { Logger as TemporalLogger } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const PINO_LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** A logger for Temporal's runtime that writes to ours. */
export const temporalLogger = (log: Logger, level: string): TemporalLogger =>
  new DefaultLogger(level.toUpperCase() as LogEntry['level'], (entry) =>
    log[PINO_LEVELS[entry.level]](plain(entry.meta), entry.message),
  );

/** Bigints, which Temporal's facts may hold, become text: JSON has none. */
const plain = (meta: LogEntry['meta']): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]) => [
      name === 'error' ? 'err' : name,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  );
