/**
 * Whether a message has the shape that it must have. Anybody who may reach Temporal can send anything, and a handler that
 * stumbles over it would stop its workflow: an update is refused, a signal that makes no sense is left with a word in the log.
 */
import type * as say from './messages.ts';
import { type CycleOutcome, STAGES, type Stage, TRIGGERS } from './shapes.ts';

/** The longest that a name, a reason or an id may be: the state of a model must fit into one payload. */
const LONGEST = { by: 200, reason: 4_000, id: 1_000 } as const;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length <= longest;

export const isInstant = (value: unknown): value is string => isText(value, 40) && !Number.isNaN(Date.parse(value));

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const maybe = (is: (value: unknown) => boolean, value: unknown): boolean =>
  value === undefined || value === null || is(value);

/** What is wrong with who asks and why; undefined when nothing is. */
export function wrongWord(asked: unknown): string | undefined {
  if (!isRecord(asked)) return 'an object with "by" is needed';
  const { by, reason } = asked;
  if (!isText(by, LONGEST.by) || !by.trim()) return `"by" must say who asks, in at most ${LONGEST.by} characters`;
  if (!maybe((text) => isText(text, LONGEST.reason), reason))
    return `"reason" must be a text of at most ${LONGEST.reason} characters`;
  return undefined;
}

export const isWish = (asked: unknown): asked is say.CycleRequest =>
  isRecord(asked) &&
  wrongWord(asked) === undefined &&
  TRIGGERS.includes(asked.trigger as (typeof TRIGGERS)[number]) &&
  maybe(isInstant, asked.asOf);

export const isApprovalWanted = (wanted: unknown): wanted is say.ApprovalWanted =>
  isRecord(wanted) &&
  isCount(wanted.cycle) &&
  isText(wanted.evaluation, LONGEST.id) &&
  isInstant(wanted.since) &&
  isInstant(wanted.until);

/** Of a cycle that was cancelled: what else of its outcome counts is known of the cycle already. */
export const isCancelled = (told: unknown): told is CycleOutcome =>
  isRecord(told) &&
  isCount(told.cycle) &&
  told.outcome === 'cancelled' &&
  maybe((usd) => Number.isFinite(usd) && (usd as number) >= 0, told.costUsd) &&
  maybe((stage) => STAGES.includes(stage as Stage), told.stage) &&
  maybe(isRecord, told.metrics) &&
  maybe((one) => isRecord(one) && isText(one.sha256, LONGEST.id) && isText(one.report, LONGEST.id), told.evaluation) &&
  maybe((all) => Array.isArray(all) && all.every((one) => isText(one, LONGEST.reason)), told.problems);

export const isRolloutWanted = (asked: unknown): asked is say.RolloutWanted =>
  isRecord(asked) &&
  isCount(asked.cycle) &&
  isText(asked.asker, LONGEST.id) &&
  asked.asker !== '' &&
  isText(asked.question, LONGEST.id);

export const isRolloutAnswer = (told: unknown): told is say.RolloutAnswer =>
  isRecord(told) && isText(told.question, LONGEST.id) && maybe((text) => isText(text, LONGEST.reason), told.refused);

export const isWindowRequest = (asked: unknown): asked is say.WindowRequest =>
  isRecord(asked) &&
  isText(asked.monitor, LONGEST.id) &&
  asked.monitor !== '' &&
  isText(asked.id, LONGEST.id) &&
  isInstant(asked.to);

export function isMonitored(told: unknown): told is say.Monitored {
  if (!isRecord(told) || !isInstant(told.asOf) || !isRecord(told.report)) return false;
  const { id, version, from, to, findings, drift, quality, details, report } = told.report;
  return (
    isText(id, LONGEST.id) &&
    isCount(version) &&
    isInstant(from) &&
    isInstant(to) &&
    isRecord(drift) &&
    isRecord(quality) &&
    isRecord(details) &&
    isRecord(report) &&
    isText(report.uri, LONGEST.id) &&
    Array.isArray(findings) &&
    findings.every((one) => isRecord(one) && typeof one.message === 'string')
  );
}

export const isDecision = (told: unknown): told is say.Decision =>
  isRecord(told) &&
  isCount(told.cycle) &&
  (told.decision === 'approve' || told.decision === 'reject') &&
  wrongWord(told) === undefined;

export const isSteering = (told: unknown): told is say.Steering =>
  isRecord(told) &&
  ['pause', 'resume', 'promote', 'abort'].includes(told.action as string) &&
  wrongWord(told) === undefined;

export const isHold = (told: unknown): told is say.Word & { readonly hold: boolean } =>
  isRecord(told) && typeof told.hold === 'boolean' && wrongWord(told) === undefined;

/** A window to look at, or why there is none. */
export const isWindow = (told: unknown): told is say.MonitorWindow | say.Refused =>
  isRecord(told) &&
  (typeof told.refused === 'string' ||
    (isText(told.id, LONGEST.id) &&
      isRecord(told.frozen) &&
      isRecord(told.champion) &&
      isText(told.endpoint, LONGEST.id) &&
      [told.since, told.from, told.to].every(isInstant)));
