/** Monitor: what came to the champion, what it answered, what came true, and how well the endpoint served. */
import { writeFile } from 'node:fs/promises';
import { CUSTOM } from '../aws/metric-names.ts';
import { type Measurement, publish } from '../aws/publish.ts';
import { readServiceMetrics } from '../aws/service-metrics.ts';
import type { Store } from '../aws/store.ts';
import { valueCountsSql } from '../data/baseline.ts';
import type { ValueCounts } from '../data/bins.ts';
import { bootstrap } from '../data/bootstrap.ts';
import { breathing } from '../data/breath.ts';
import { shortCalendars } from '../data/calendar.ts';
import { type ColumnDrift, columnDrift, effect } from '../data/drift.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { type ModelScores, modelScores } from '../data/evaluation.ts';
import { measure, rank } from '../data/metrics.ts';
import { driftFindings, type MonitorDetails, qualityFindings, serviceFindings } from '../data/monitoring.ts';
import { inWindow } from '../data/seconds.ts';
import { text } from '../data/sql.ts';
import { predictionCounts, readValueCounts } from '../data/value-counts.ts';
import { jsonLine, requestRows, watchedInputs } from '../data/watched-inputs.ts';
import { keys, variantName } from '../names.ts';
import { renderMonitoring } from '../report/monitoring.ts';
import { captureObjects, readCaptures } from './captures.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { readOutcomes } from './outcomes.ts';
import { type Progress, reporting } from './progress.ts';
import { FINDINGS, type Finding, type MonitorReport, type ObjectRef } from './types.ts';

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
  const breathe = breathing(progress.signal);
  const seen = await look(store, input, progress, breathe);

  progress.say('measuring drift');
  const { columns, unjudged } = await driftOf(store, duck, input, seen);
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
    ...{ model, endpoint, variant: variantName(champion.version), version: champion.version, id, from, to },
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
    quality: quality.scores?.metrics ?? {},
    findings,
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

interface Seen {
  readonly captured: Omit<MonitorDetails['captured'], 'requests' | 'rows'>;
  readonly outcomes: MonitorDetails['quality']['outcomes'];
  requests: number;
  /** Of the window: what was asked, one JSON line an instance, and what was answered. */
  readonly instances: string[];
  readonly probabilities: number[];
  /** Of predictions since the version began whose outcome arrived in the window. */
  readonly labels: number[];
  readonly predicted: number[];
}

/**
 * One walk over the captures: those of the window for drift, and back to the version's beginning where outcomes wait. A
 * request is of the window that brought its capture: one that is delivered late is in the next window, not in none.
 */
async function look(
  store: Store,
  { frozen, endpoint, champion, from, to, since = from }: Input,
  { say, signal }: Progress,
  breathe: () => Promise<void>,
): Promise<Seen> {
  const { model } = frozen.plan;
  const outcomes = await readOutcomes(store, { model, from, to }, breathe, signal);
  const back =
    outcomes.waiting() > 0 ? Math.min(Date.parse(champion.registeredAt), Date.parse(from)) : Date.parse(from);
  const where = { model, endpoint, version: champion.version };
  const objects = await captureObjects(store, where, back, Date.parse(to));
  say(`reading ${objects.length} objects of captured requests`);
  const served = Math.min(Date.parse(since), Date.parse(from));
  const found = {
    requests: 0,
    instances: [] as string[],
    probabilities: [] as number[],
    labels: [] as number[],
    predicted: [] as number[],
  };
  const captured = await readCaptures(store, objects, breathe, (request, object) => {
    outcomes.join(request, object, (label, probability) => {
      found.labels.push(label);
      found.predicted.push(probability);
    });
    // What the version was asked before it took over (smoke tests) is not what it is watched for.
    if (request.at <= served || !inWindow(object.modified.getTime(), from, to)) return;
    found.requests++;
    for (const instance of request.instances) found.instances.push(jsonLine(instance));
    for (const probability of request.probabilities) found.probabilities.push(probability);
  });
  return { ...found, captured, outcomes: outcomes.counts() };
}

/** Inputs against the baseline of the training rows, predictions against those on the test rows. */
async function driftOf(
  store: Store,
  duck: Duck,
  { champion }: Input,
  seen: Seen,
): Promise<Pick<MonitorDetails['drift'], 'columns' | 'unjudged'>> {
  if (seen.instances.length === 0) return { columns: [], unjudged: {} };
  const counted = async (object: ObjectRef, file: string) => {
    await store.getFile(object, duck.path(file));
    return readValueCounts(duck, `SELECT * FROM read_parquet(${text(duck.path(file))})`);
  };
  const baseline = await counted(champion.baseline, 'baseline.parquet');
  const predictions = await counted(champion.predictions, 'predictions.parquet');
  const inputs = watchedInputs(baseline.values());
  await writeFile(duck.path('instances.jsonl'), `${seen.instances.join('\n')}\n`);
  await duck.run(`CREATE TABLE asked AS ${requestRows(duck.path('instances.jsonl'), inputs)}`);
  const current = await readValueCounts(duck, valueCountsSql('asked', inputs, { reduce: false }));
  const predicted = predictionCounts(seen.probabilities);
  const pairs: (readonly [ValueCounts | undefined, ValueCounts | undefined])[] = [
    ...[...baseline.values()].map((one) => [one, current.get(one.column)] as const),
    [predictions.get(predicted.column), predicted],
  ];
  const columns = pairs.flatMap(([before, now]) => (before && now ? [columnDrift(before, now)] : []));
  return { columns, unjudged: await shortCalendars(duck, 'asked', inputs) };
}

/** Nothing below `minLabels`: a measure of few rows misleads. */
async function qualityOf(
  { frozen: { plan }, champion }: Input,
  { labels, predicted }: Seen,
  breathe: () => Promise<void>,
): Promise<{ scores?: ModelScores; findings: Finding[] }> {
  if (labels.length === 0 || labels.length < plan.monitor.minLabels) return { findings: [] };
  const ranked = rank(labels, predicted, plan.evaluate.threshold);
  const [replicates] = await bootstrap([ranked], { seed: plan.train.seed, breathe });
  if (!replicates) return { findings: [] };
  const measures = measure(ranked);
  const scores = modelScores(`version ${champion.version}`, ranked, { measures, replicates });
  return { scores, findings: qualityFindings(plan.monitor.quality, measures, replicates, scores.metrics) };
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

function measurements({ captured, quality, findings }: MonitorDetails, held: readonly ColumnDrift[]): Measurement[] {
  const { scores } = quality;
  return [
    { name: CUSTOM.labelled, value: quality.labelled },
    { name: 'Requests', value: captured.requests },
    { name: 'Rows', value: captured.rows },
    ...held.map(({ column, psi }) => ({
      name: CUSTOM.drift,
      value: psi,
      dimensions: { Feature: column },
    })),
    ...Object.entries(scores?.metrics ?? {}).map(([metric, { value }]) => ({
      name: CUSTOM.quality,
      value,
      dimensions: { Metric: metric },
    })),
    ...(scores ? [{ name: 'PredictionBias', value: scores.bias.bias }] : []),
    ...FINDINGS.map((kind) => ({
      name: CUSTOM.findings,
      value: findings.filter((one) => one.kind === kind && one.severity === 'alarm').length,
      dimensions: { Kind: kind },
    })),
  ];
}
