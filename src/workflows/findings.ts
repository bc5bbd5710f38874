/** What a monitoring pass leads to: a note in the ledger, a word to people, perhaps a wish for a cycle. Pure. */
import type { Finding, MonitorReport } from '../activities/types.ts';
import type { CycleRequest, Monitored } from './messages.ts';
import type { Trigger } from './shapes.ts';
import { type ModelState, remember, tell } from './state.ts';
import { breakAfter, calm, endQuarantine, quarantine, withMends } from './stops.ts';
import { close } from './windows.ts';
import { wish } from './wishes.ts';

/** The same alarms are told again only after this many milliseconds. */
const TELL_AGAIN_AFTER = 24 * 3_600_000;

export function take(state: ModelState, { report, asOf }: Monitored, at: string): void {
  const uri = report.report.uri;
  const facts = { report: report.details.sha256, version: report.version, from: report.from, to: report.to };
  const counted = close(state, report);
  if (counted) {
    remember(state, { at, event: 'pass dismissed', by: 'monitor', reason: counted, facts });
    return;
  }
  const alarms = report.findings.filter(({ severity }) => severity === 'alarm');
  if (report.findings.length) {
    const found = report.findings.map(({ severity, message }) => `${severity}: ${message}`);
    remember(state, { at, event: 'findings', by: 'monitor', reason: sentence(alarms), facts: { ...facts, found } });
  }
  // What was said of a version that no longer serves says nothing of the one that does.
  if (report.version !== state.champion?.kept.version.version) return;
  const bad = alarms.filter(({ kind }) => kind === 'data');
  if (bad.length) quarantine(state, bad, uri, at);
  else if (report.judged) endQuarantine(state, uri, at);
  tellAlarms(state, alarms, uri, at);
  if (state.quarantine) return;
  const wished = wishFor(state, alarms);
  if (!wished) {
    if (judgedAgain(state, report)) calm(state, uri, at);
  } else if (!breakAfter(state, wished.reason ?? '', uri, at)) wish(state, { ...wished, asOf }, at, report.version);
}

/** Whether the pass could see what the last automatic cycle was for. */
const judgedAgain = ({ tried }: ModelState, { judged, drift, quality }: MonitorReport): boolean =>
  judged && (tried === undefined || Object.keys(tried === 'drift' ? drift : quality).length > 0);

const sentence = (findings: readonly Finding[]): string | undefined =>
  findings.length ? findings.map(({ message }) => message).join('; ') : undefined;

function wishFor(state: ModelState, alarms: readonly Finding[]): CycleRequest | undefined {
  const on: readonly string[] = state.frozen?.plan.retrain.on ?? [];
  const counting = alarms.filter(({ kind, estimated }) => on.includes(kind) && !estimated);
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
  const message = [...withMends(alarms), `Report: ${report}`].join('\n');
  tell(state, { subject: `alarm: ${key}`.slice(0, 100), message });
}
