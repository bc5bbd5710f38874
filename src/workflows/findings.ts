/** What a monitoring pass leads to: a note in the ledger, a word to people, perhaps a wish for a cycle. Pure. */
import type { Finding } from '../activities/types.ts';
import type { CycleRequest, Monitored } from './messages.ts';
import type { Trigger } from './shapes.ts';
import { type ModelState, monitored, remember, tell } from './state.ts';
import { wish } from './wishes.ts';

/** The same alarms are told again only after this many milliseconds. */
const TELL_AGAIN_AFTER = 24 * 3_600_000;

export function take(state: ModelState, { report, asOf }: Monitored, at: string): void {
  monitored(state, report);
  const alarms = report.findings.filter(({ severity }) => severity === 'alarm');
  if (report.findings.length) {
    const facts = { report: report.details.sha256, version: report.version, from: report.from, to: report.to };
    const found = report.findings.map(({ severity, message }) => `${severity}: ${message}`);
    remember(state, { at, event: 'findings', by: 'monitor', reason: sentence(alarms), facts: { ...facts, found } });
  }
  tellAlarms(state, alarms, report.report.uri, at);
  const wished = wishFor(state, alarms);
  if (wished) wish(state, { ...wished, asOf }, at, report.version);
}

const sentence = (findings: readonly Finding[]): string | undefined =>
  findings.length ? findings.map(({ message }) => message).join('; ') : undefined;

function wishFor(state: ModelState, alarms: readonly Finding[]): CycleRequest | undefined {
  const on: readonly string[] = state.frozen?.plan.retrain.on ?? [];
  const counting = alarms.filter(({ kind }) => on.includes(kind));
  const first = counting[0];
  if (!first) return undefined;
  return { trigger: first.kind as Trigger, by: 'monitor', reason: sentence(counting) };
}

function tellAlarms(state: ModelState, alarms: readonly Finding[], report: string, at: string): void {
  const subjects = alarms.map(({ kind, subject }) => `${kind} ${subject}`).sort();
  const key = subjects.join(', ');
  const before = state.alarms;
  if (!key) {
    state.alarms = undefined;
    return;
  }
  if (before?.subjects === key && Date.parse(at) - Date.parse(before.at) < TELL_AGAIN_AFTER) return;
  state.alarms = { subjects: key, at };
  const message = [...alarms.map(({ message }) => message), `Report: ${report}`].join('\n');
  tell(state, { subject: `alarm: ${key}`.slice(0, 100), message });
}
