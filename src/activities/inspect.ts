/** Monitor: what came to the champion, what it answered, what came true, and how well the endpoint served. */
import { publish } from '../aws/publish.ts';
import { bootstrap } from '../data/bootstrap.ts';
import { breathing } from '../data/breath.ts';
import { effect } from '../data/drift.ts';
import { judgeDrift } from '../data/drift-findings.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { type EstimatedQuality, estimateFindings } from '../data/estimate.ts';
import { type ModelScores, modelScores } from '../data/model-scores.ts';
import { type MonitorDetails, qualityFindings, watchedMetrics } from '../data/monitoring.ts';
import { measurableRows } from '../data/scores.ts';
import { endpointFindings, serviceFindings } from '../data/service-findings.ts';
import { rememberVolume } from '../data/volume.ts';
import { keys, variantName } from '../names.ts';
import { renderMonitoring } from '../report/monitoring.ts';
import { checkData } from './checked.ts';
import type { Deps } from './deps.ts';
import { observedOf } from './drifted.ts';
import { estimatedOf } from './estimated.ts';
import type { Activities } from './interface.ts';
import { measurements } from './measurements.ts';
import { type Progress, reporting } from './progress.ts';
import { look, type Seen } from './seen.ts';
import { servedOf } from './served.ts';
import type { Finding, MonitorMemory, MonitorReport, Target } from './types.ts';

type Input = Parameters<Activities['inspectModel']>[0];
type InspectDeps = Pick<Deps, 'store' | 'log'> & { readonly aws: Pick<Deps['aws'], 'cloudWatch' | 'sagemaker'> };

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
  const memory: MonitorMemory = input.memory ?? { streaks: {}, raised: [], volumes: [] };
  const breathe = breathing(progress.signal);
  const seen = await look(store, input, progress, breathe);

  progress.say('asking CloudWatch and SageMaker');
  const service = await servedOf(aws, input);
  progress.say('looking at what was sent');
  const observed = await observedOf(store, duck, champion, seen);
  const checked = checkData(input, seen, observed, service);
  const unjudged = { ...observed.unjudged, ...checked.broken };
  const judged = seen.instances.length >= monitor.drift.minRows;
  const held = judged ? observed.columns.filter(({ column }) => !Object.hasOwn(unjudged, column)) : [];
  const drifted = judgeDrift(monitor.drift, held, memory);
  progress.say('measuring quality');
  const quality = await qualityOf(input, seen, breathe);
  const estimated = quality.scores ? undefined : await estimatedOf(store, duck, input, seen, breathe);
  const where = { endpoint, variant: variantName(champion.version) };
  const serving = endpointFindings(where, service.endpoint, drifted.past, input.changing);

  const findings: Finding[] = [
    ...checked.findings,
    ...drifted.findings,
    ...quality.findings,
    ...(estimated && 'metrics' in estimated ? estimateFindings(monitor.quality, estimated) : []),
    ...serviceFindings(monitor.service, service),
    ...serving.findings,
    ...(input.skew && 'findings' in input.skew ? input.skew.findings : []),
  ];
  const handedOn = { ...serving.past, volumes: rememberVolume(monitor, checked.data.volume, memory.volumes) };
  const details: MonitorDetails = {
    format: 1,
    ...{ model, ...where, version: champion.version, target, id, from, to },
    captured: { ...seen.captured, requests: seen.requests, rows: seen.instances.length },
    drift: { ...monitor.drift, judged, columns: observed.columns, unjudged, states: drifted.states },
    data: checked.data,
    quality: {
      minLabels: monitor.minLabels,
      judged: quality.scores !== undefined,
      labelled: seen.labels.length,
      outcomes: seen.outcomes,
      limits: monitor.quality,
      scores: quality.scores,
      estimated: estimated && told(target, monitor.quality, estimated),
    },
    service,
    skew: input.skew,
    findings,
    memory: handedOn,
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
    ...(details.quality.estimated && 'metrics' in details.quality.estimated
      ? { estimated: details.quality.estimated.metrics }
      : {}),
    findings,
    judged: judged || quality.scores !== undefined,
    memory: handedOn,
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

/** Of an estimate what monitoring tells: the measures over all rows, and those that the plan limits. */
function told(
  target: Target,
  limits: Input['frozen']['plan']['monitor']['quality'],
  estimated: EstimatedQuality | { readonly why: string },
): MonitorDetails['quality']['estimated'] {
  if ('why' in estimated) return estimated;
  return { rows: estimated.rows, metrics: watchedMetrics(target, limits, estimated.metrics) };
}
