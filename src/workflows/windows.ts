/**
 * What a monitoring pass may look at. The windows of a version follow one another exactly: each begins where the last one
 * that was reported ended, the first when the version began to serve; one monitor at a time has one, and only its report
 * counts. So no request counts twice and none is lost, whether a pass is repeated, late, beside another, or dies. Pure.
 */
import type { MonitorReport } from '../activities/types.ts';
import type { MonitorWindow, Refused, WindowRequest } from './messages.ts';
import { endpointOf, type ModelState } from './state.ts';

/** Where the next window begins. */
export const windowStart = ({ champion, monitored }: ModelState): string | undefined =>
  champion && monitored?.version === champion.kept.version.version && monitored.to > champion.since
    ? monitored.to
    : champion?.since;

/** Gives the window to this monitor; whoever had one before has it no more. */
export function grant(state: ModelState, { monitor, id, to }: WindowRequest): MonitorWindow | Refused {
  const { frozen, champion, monitored } = state;
  const from = windowStart(state);
  if (state.retired) return { refused: 'the model is retired' };
  if (!frozen || !champion || !from) return { refused: 'nothing is deployed yet' };
  if (from >= to) return { refused: `everything until ${from} was looked at already` };
  state.window = { id, monitor, from, to };
  const { version } = champion.kept;
  const memory = monitored?.version === version.version ? monitored.memory : undefined;
  const changing = state.current !== undefined || state.rollback !== undefined;
  const { since } = champion;
  return { id, frozen, endpoint: endpointOf(state), champion: version, since, from, to, memory, changing };
}

/** Notes that the window was looked at; why not when the report is not of the window that is open. */
export function close(state: ModelState, report: MonitorReport): string | undefined {
  if (state.window?.id !== report.id)
    return `its window (${report.from} to ${report.to}) was given to another pass, or has been reported`;
  state.window = undefined;
  const { id, version, from, to, requests, labelled, quality, findings, memory } = report;
  state.monitored = {
    ...{ id, version, from, to, requests, labelled, quality, findings, memory },
    report: report.report.uri,
  };
  return undefined;
}
