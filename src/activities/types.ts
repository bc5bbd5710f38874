/**
 * What travels between workflows and activities: plain JSON, references and small summaries, never data.
 * Instants are ISO 8601 in UTC; shares and probabilities lie in 0..1; durations are milliseconds; money is US dollars.
 */
export type * from './types/collect.ts';
export type * from './types/deploy.ts';
export type * from './types/evaluate.ts';
export type * from './types/jobs.ts';
export type * from './types/ledger.ts';
export * from './types/monitor.ts';
export type * from './types/prepare.ts';
export type * from './types/scope.ts';
export type * from './types/sweep.ts';
