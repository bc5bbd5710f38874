/** Monitor: what came to the champion, what it answered, what came true, and how well the endpoint served. */
import { publish } from '../aws/publish.ts';
import { readServiceMetrics } from '../aws/service-metrics.ts';
import { bootstrap } from '../data/bootstrap.ts';
import { breathing } from '../data/breath.ts';
import { effect } from '../data/drift.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { type ModelScores, modelScores } from '../data/model-scores.ts';
import {
  driftFindings,
  type MonitorDetails,
  qualityFindings,
  serviceFindings,
  watchedMetrics,
} from '../data/monitoring.ts';
import { measurableRows } from '../data/scores.ts';
import { keys, variantName } from '../names.ts';
import { renderMonitoring } from '../report/monitoring.ts';
import type { Deps } from './deps.ts';
import { driftOf } from './drifted.ts';
import type { Activities } from './interface.ts';
import { measurements } from './measurements.ts';
import { type Progress, reporting } from './progress.ts';
import { look, type Seen } from './seen.ts';
import type { Finding, MonitorReport } from './types.ts';

type Input = Parameters<Activities['inspectModel']>[0];
type InspectDeps = Pick<Deps, 'store' | 'log'> & { readonly aws: Pick<Deps['aws'], 'cloudWatch'> };

export const inspectActivities = (deps: InspectDeps): Pick<Activities, 'inspectModel'> => ({
  inspectModel: (input) =>
    reporting('looking for what was captured', (progress) =>
      withDuckDB((duck) => inspect(deps, duck, input, progress), { signal: progress.signal }),
    ),
});

async function inspect(
  { store, aws, log }: InspectDeps,
  duck: Duck,
  input: Input,
  progress: Progress,
): Promise<MonitorReport> {
  const { frozen, endpoint, champion, id, from, to } = input;
  const { model, monitor } = frozen.plan;
  const { target } = champion.facts;
  const breathe = breathing(progress.signal);
  const seen = await look(store, input, progress, breathe);

  progress.say('measuring drift');
  const { columns, unjudged } = await driftOf(store, duck, champion, seen);
  const judged = seen.instances.length >= monitor.drift.minRows;
  const held = judged ? columns.filter(({ column }) => !Object.hasOwn(unjudged, column)) : [];
  progress.say('measuring quality');
  const quality = await qualityOf(input, seen, breathe);
  progress.say('asking CloudWatch');
  const service = await serviceOf(aws, input);

  const findings: Finding[] = [
    ...driftFindings(monitor.drift, held),
    ...quality.findings,
    ...serviceFindings(monitor.service, service),
  ];
  const details: MonitorDetails = {
    format: 1,
    ...{ model, endpoint, variant: variantName(champion.version), version: champion.version, target, id, from, to },
    captured: { ...seen.captured, requests: seen.requests, rows: seen.instances.length },
    drift: { ...monitor.drift, judged, columns, unjudged },
    quality: {
      minLabels: monitor.minLabels,
      judged: quality.scores !== undefined,
      labelled: seen.labels.length,
      outcomes: seen.outcomes,
      limits: monitor.quality,
      scores: quality.scores,
    },
    service,
    findings,
    baseline: { inputs: champion.baseline, predictions: champion.predictions },
  };

  progress.say('writing the report');
  const key = (file: string) => keys.monitor(model, id, file);
  const drift = Object.fromEntries(held.map((one) => [one.column, effect(one, monitor.drift.method)]));
  const report: MonitorReport = {
    ...{ id, version: champion.version, from, to, requests: seen.requests, rows: seen.instances.length },
    labelled: seen.labels.length,
    drift,
    quality: watchedMetrics(target, monitor.quality, quality.scores?.metrics ?? {}),
    findings,
    judged: judged || quality.scores !== undefined,
    memory: input.memory ?? { streaks: {}, raised: [], volumes: [] },
    details: await store.putText(
      key('monitoring.json'),
      `${JSON.stringify(details, undefined, 1)}\n`,
      'application/json',
    ),
    report: await store.putText(key('monitoring.html'), await renderMonitoring(details), 'text/html; charset=utf-8'),
  };
  if (!(await publish(aws.cloudWatch, model, new Date(to), measurements(details, held))))
    log.warn({ model, id, to }, 'the window is too long ago for CloudWatch: its metrics are in the report only');
  log.info({ model, id, rows: report.rows, labelled: report.labelled, findings: findings.length }, 'inspected');
  return report;
}

/** Nothing below `minLabels`: a measure of few rows misleads. */
async function qualityOf(
  { frozen: { plan }, champion }: Input,
  { labels, predicted }: Seen,
  breathe: () => Promise<void>,
): Promise<{ scores?: ModelScores; findings: Finding[] }> {
  if (labels.length === 0 || labels.length < plan.monitor.minLabels) return { findings: [] };
  const scores = { ...champion.facts, values: predicted };
  const rows = measurableRows(labels, scores);
  const [replicates] = await bootstrap([rows], { seed: plan.train.seed, breathe });
  if (!replicates) return { findings: [] };
  const measured = { measures: rows.measure(), replicates };
  const found = modelScores({ name: `version ${champion.version}`, scores, rows, ...measured });
  return { scores: found, findings: qualityFindings(plan.monitor.quality, measured, found.metrics) };
}

async function serviceOf(
  aws: InspectDeps['aws'],
  { frozen, endpoint, champion, from, to }: Input,
): Promise<MonitorDetails['service']> {
  const where = { endpoint, variant: variantName(champion.version) };
  const found = await readServiceMetrics(aws.cloudWatch, where, new Date(from), new Date(to));
  const { requests, errors, modelLatencyP99, overheadLatencyP99 = 0 } = found;
  return {
    ...found,
    errorRate: requests > 0 ? errors / requests : 0,
    // As for a canary: the sum of two 99th percentiles, mostly above that of the sum.
    ...(modelLatencyP99 !== undefined && { latencyP99: modelLatencyP99 + overheadLatencyP99 }),
    limits: frozen.plan.monitor.service,
  };
}
