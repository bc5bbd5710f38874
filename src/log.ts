/** Logs as JSON lines on standard output, Perennial's and Temporal's in one stream. */
import type { Logger as TemporalLogger } from '@temporalio/common';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { redact } from './redact.ts';

const PINO_LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

export const createLog = (level: string): Logger =>
  pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors of others are logged as they are, and may repeat what they were given.
    hooks: { streamWrite: redact },
    formatters: { level: (label) => ({ level: label }) },
  });

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
