/** Backtest: the rows that came after an origin, and how good every version was on them. */
import { join } from 'node:path';
import type { Store } from '../aws/store.ts';
import { type BacktestDetails, figuresOf, type LaterRow, measureWindow, type ScoredVersion } from '../data/backtest.ts';
import { breathing } from '../data/breath.ts';
import { type Duck, viewOf, withDuckDB } from '../data/duckdb.ts';
import { inspectFeatures } from '../data/features.ts';
import { takeWindows, writeLater } from '../data/later-rows.ts';
import { dropDuplicates } from '../data/main-rows.ts';
import { text } from '../data/sql.ts';
import { type Cell, stalenessCurve, verdictOf } from '../data/staleness.ts';
import { unpack } from '../data/unpack.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { METRICS_OF, type Metric } from '../plan/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { renderStaleness } from '../report/staleness.ts';
import type { BacktestResult, LaterRows, ScoredOrigin, Span } from './backtest-types.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { asUnusable, modelDescription, readOutputs } from './judge.ts';
import { inputsOf, sourceOf } from './prepare.ts';
import { type Progress, reporting } from './progress.ts';
import { loadSnapshots } from './snapshots.ts';
import type { ModelFacts } from './types.ts';

type Cut = Parameters<Activities['cutLaterRows']>[0];
type Measure = Parameters<Activities['measureStaleness']>[0];

export const backtestActivities = ({
  store,
  log,
}: Pick<Deps, 'store' | 'log'>): Pick<Activities, 'cutLaterRows' | 'measureStaleness'> => ({
  cutLaterRows: (input) =>
    reporting('reading what came later', (progress) =>
      withDuckDB((duck) => cut(store, duck, input, progress), { signal: progress.signal }),
    ),

  measureStaleness: (input) =>
    reporting('reading what the versions predicted', (progress) =>
      withDuckDB((duck) => measure(store, duck, input, progress), { signal: progress.signal }).then((result) => {
        log.info({ model: input.model, backtest: result.backtest, verdict: result.verdict }, 'measured a backtest');
        return result;
      }),
    ),
});

async function cut(store: Store, duck: Duck, input: Cut, { say }: Progress): Promise<LaterRows> {
  const { model, cycle, frozen, snapshots, prepared, windows } = input;
  const { plan } = frozen;
  const main = sourceOf(duck, frozen, snapshots);
  const time = plan.collect.sources[main.name]?.time;
  if (time === undefined)
    throw permanent(
      'PlanRefused',
      `collect.sources.${main.name} has no time, by which rows come later; name its column`,
    );
  const inputs = inputsOf(frozen, main);
  await loadSnapshots(duck, store, snapshots, say);
  await dropDuplicates(duck, main, plan.prepare.deduplicate);
  await takeWindows(duck, main, { time, windows, seed: plan.train.seed });
  const derived = Object.keys(plan.prepare.derive?.tables ?? {});
  if (derived.length > 0) {
    // Labels come from the same statement, which may name the tables that the version was made with.
    const archive = duck.path('transform.tar.gz');
    await store.getFile(prepared.transform, archive);
    await unpack(archive, duck.path());
    for (const name of derived) await duck.run(viewOf(name, join(duck.path(), `${name}.parquet`)));
  }
  say('labelling what came later');
  const tables = [...snapshots.map(({ source }) => source), ...derived];
  const raw = await inspectFeatures(duck, frozen.features, plan, tables);
  const written = await writeLater(duck, main.name, { raw, inputs, windows: windows.length });
  const keep = (file: string, type: string) =>
    store.putFile(keys.cycle(model, cycle, 'later', file), duck.path(file), type);
  return {
    inputs: await keep('later-inputs.jsonl', 'application/jsonlines'),
    labels: await keep('later-labels.parquet', 'application/vnd.apache.parquet'),
    ...written,
  };
}

async function measure(store: Store, duck: Duck, input: Measure, { say, signal }: Progress): Promise<BacktestResult> {
  const { model, frozen, backtest, instants, horizon, calendar, failed } = input;
  const { plan, hash } = frozen;
  const breathe = breathing(signal);
  const versions: ScoredVersion[] = [];
  const origins: (ScoredOrigin & { facts: ModelFacts })[] = [];
  for (const one of input.origins) {
    say(`reading what the version of ${one.asOf} predicted`);
    const { version, facts } = await readVersion(store, duck, one, breathe);
    versions.push(version);
    origins.push({ ...one, facts });
  }
  const { seed, objective } = plan.train;
  const cells: Cell[] = [];
  for (let end = 1; end < instants.length; end++) {
    say(`measuring window ${end} of ${instants.length - 1}`);
    const measured = asUnusable(`the window until ${instants[end]}`, () =>
      measureWindow(versions, end, { seed, breathe }),
    );
    cells.push(...(await measured));
  }
  const metrics = shownMetrics(plan);
  const curves = Object.fromEntries(metrics.map((metric) => [metric, stalenessCurve(cells, metric)]));
  const curve = curves[objective.metric] ?? [];
  const verdict = verdictOf(curve, objective.metric);
  const details: BacktestDetails = {
    ...{ format: 1, model, backtest, objective: plan.objective, planHash: hash, calendar, instants, horizon },
    ...{ windows: windowsOf(instants), metrics, seed, origins, failed, verdict },
    cells: cells.map((cell) => figuresOf(cell, metrics)),
    curves,
  };
  say('writing the report');
  const put = (file: string, content: string, type: string) =>
    store.putText(keys.backtest(model, backtest, file), content, type);
  return {
    ...{ backtest, origins: origins.length, failed, metric: objective.metric, curve, verdict },
    costUsd: origins.reduce((sum, { costUsd }) => sum + costUsd, 0),
    details: await put('backtest.json', `${JSON.stringify(details, undefined, 1)}\n`, 'application/json'),
    report: await put('staleness.html', await renderStaleness(details), 'text/html; charset=utf-8'),
  };
}

async function readVersion(
  store: Store,
  duck: Duck,
  { origin, artifact, scored, later }: ScoredOrigin,
  breathe: () => Promise<void>,
): Promise<{ version: ScoredVersion; facts: ModelFacts }> {
  const { facts } = await modelDescription(store, duck, artifact);
  const path = duck.path(`labels-${origin}.parquet`);
  await store.getFile(later.labels, path);
  const rows = await duck.rows<LaterRow>(
    `SELECT row_id::DOUBLE AS id, "window"::INTEGER + ${origin + 1} AS "end", label FROM read_parquet(${text(path)}) ORDER BY "window", row_id`,
  );
  const who = `version-${origin}`;
  const { scores } = await readOutputs(store, duck, { who, job: scored, facts, rows: rows.length }, breathe);
  return { version: { origin, scores, rows }, facts };
}

const windowsOf = (instants: readonly string[]): Span[] =>
  instants.slice(1).map((to, at) => ({ from: instants[at] ?? to, to }));

/** The plan's objective first. */
function shownMetrics({ problem, train }: Plan): Metric[] {
  const known: readonly Metric[] = METRICS_OF[problem];
  const often: readonly Metric[] = SHOWN[problem];
  return [...new Set([train.objective.metric, ...often])].filter((metric) => known.includes(metric));
}

const SHOWN = {
  binary: ['log_loss', 'auc', 'calibration_error'],
  multiclass: ['log_loss', 'accuracy', 'calibration_error'],
  regression: ['rmse', 'mae'],
} as const satisfies Record<Plan['problem'], readonly Metric[]>;
