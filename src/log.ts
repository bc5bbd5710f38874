/** Logs as JSON lines on standard output. */
import { type Logger, pino } from 'pino';
import { redact } from './redact.ts';

export const createLog = (level: string): Logger =>
  pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    // Errors of others are logged as they are, and may repeat what they were given.
    hooks: { streamWrite: redact },
    formatters: { level: (label) => ({ level: label }) },
  });
