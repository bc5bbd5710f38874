/** What workflows tell of themselves. Plain JSON: instants ISO 8601 UTC, durations milliseconds, money US dollars. */
export * from './shapes/cycle.ts';
export type * from './shapes/monitor.ts';
export type * from './shapes/serving.ts';
export type * from './shapes/status.ts';
export type * from './shapes/wishes.ts';
