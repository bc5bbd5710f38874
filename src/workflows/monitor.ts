/** One monitoring pass: asks the model what to look at, looks, and tells the model what it found. */
import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Finding, Skew } from '../activities/types.ts';
import { modelWorkflowId, passId } from '../names.ts';
import { data } from './act.ts';
import { now } from './board.ts';
import { figure } from './details.ts';
import {
  areYouThere,
  type MonitorWindow,
  monitorWindow,
  openMonitorWindow,
  type Refused,
  reportFinding,
} from './messages.ts';
import { scheduledAt } from './scheduled.ts';
import { OUTCOME } from './search.ts';
import type { MonitorResult } from './shapes.ts';
import { isWindow } from './told.ts';
import { why } from './why.ts';

export interface MonitorInput {
  readonly model: string;
  /** What a cycle that follows from this pass looks back from; the scheduled time, or now, when left out. */
  readonly asOf?: string;
}

const ANSWER_WITHIN = 600_000;

export async function monitor({ model, asOf }: MonitorInput): Promise<MonitorResult> {
  setHandler(areYouThere, () => {});
  const to = now();
  const window = await askWindow(model, to);
  if ('refused' in window) {
    setCurrentDetails(`Nothing to look at: ${window.refused}`);
    return { note: window.refused };
  }
  const { id, frozen, endpoint, champion, since, from, memory, changing } = window;
  const skew = await replay(window);
  const report = await data(`Inspect version ${champion.version}, ${from} to ${to}`).inspectModel({
    frozen,
    endpoint,
    champion,
    since,
    id,
    from,
    to,
    memory,
    changing,
    skew,
  });
  await tellModel(model).signal(reportFinding, { report, asOf: asOf ?? scheduledAt() ?? to });
  upsertSearchAttributes([{ key: OUTCOME, value: worst(report.findings) }]);
  const found = report.findings.map(({ severity, message }) => `- **${severity}** ${message}`);
  const drift = Object.entries(report.drift).map(([column, value]) => `${column} ${figure(value)}`);
  setCurrentDetails(
    [
      `### Version ${champion.version}, ${from} to ${to}`,
      `${report.requests} requests, ${report.rows} rows, ${report.labelled} with their outcome. Report: \`${report.report.uri}\``,
      found.length ? found.join('\n') : 'Nothing found.',
      drift.length ? `Drift: ${drift.join(', ')}` : '',
    ].join('\n\n'),
  );
  return { report };
}

/** What people find the pass by. */
function worst(findings: readonly Finding[]): 'alarm' | 'warn' | 'quiet' {
  if (findings.some(({ severity }) => severity === 'alarm')) return 'alarm';
  return findings.length > 0 ? 'warn' : 'quiet';
}

/** A replay that cannot be made (the endpoint fails, say) is told in the report; the pass goes on without it. */
async function replay({ frozen, endpoint, champion, since, from, to }: MonitorWindow): Promise<Skew> {
  try {
    const asked = { frozen, endpoint, champion, since, from, to };
    return await data(`Ask version ${champion.version} some requests again`).replaySkew(asked);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problem: why(error).message };
  }
}

const tellModel = (model: string) => getExternalWorkflowHandle(modelWorkflowId(model));

/** The model answers by a signal, because a workflow cannot ask another one. */
async function askWindow(model: string, to: string): Promise<MonitorWindow | Refused> {
  let answer: MonitorWindow | Refused | undefined;
  setHandler(monitorWindow, (window) => {
    if (isWindow(window)) answer = window;
  });
  const id = passId(to);
  await tellModel(model).signal(openMonitorWindow, { monitor: workflowInfo().workflowId, id, to });
  await condition(() => answer !== undefined, ANSWER_WITHIN, { summary: 'Wait for the window to look at' });
  if (!answer)
    throw ApplicationFailure.nonRetryable(`the model ${model} did not say what to look at`, 'InvalidRequest');
  return answer;
}
