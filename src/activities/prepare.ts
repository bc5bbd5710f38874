/** Prepare: snapshots become the parts that train, choose and judge, the transform that serves, and the baseline to watch by. */
import { join } from 'node:path';
import { version } from '@duckdb/node-api';
import { deriveTables, takeHistory } from '../data/derive.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { computeFeatures, inspectFeatures } from '../data/features.ts';
import { fit } from '../data/fit.ts';
import { featureNames } from '../data/fitted.ts';
import { encodeByFolds } from '../data/folds.ts';
import { refuseFuture } from '../data/future-inputs.ts';
import { refuseSharedGroups } from '../data/groups.ts';
import { numberClasses, partLabels, refuseLabel } from '../data/label.ts';
import { ROW_ID } from '../data/land.ts';
import { refuseLeaks } from '../data/leaks.ts';
import { dropDuplicates, type MainSource } from '../data/main-rows.ts';
import { dropOutliers } from '../data/outliers.ts';
import { slicesOf, writeBaseline, writeParts, writeTestInputs, writeTestLabels } from '../data/outputs.ts';
import { probeFeatures } from '../data/probe.ts';
import type { RawFeatures } from '../data/raw.ts';
import { sampleRows, splitRows } from '../data/split.ts';
import { statementOf } from '../data/statement.ts';
import { fewest, suspicions } from '../data/suspicions.ts';
import { type Input, packTransform, type Transform } from '../data/transform.ts';
import { leaveOutUnlabelled } from '../data/unlabelled.ts';
import { refuseWeights } from '../data/weights.ts';
import { count, some } from '../data/words.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import { loadSnapshots, mainSource, SOURCES } from './snapshots.ts';
import type { Column, FrozenPlan, ObjectRef, Prepared, Snapshot } from './types.ts';

type PrepareInput = Parameters<Activities['prepareData']>[0];

export function prepareActivities({ store, log }: Pick<Deps, 'store' | 'log'>): Pick<Activities, 'prepareData'> {
  return {
    prepareData: (input) =>
      reporting('preparing', (progress) =>
        withDuckDB((duck) => prepare(duck, input, progress), { signal: progress.signal }),
      ),
  };

  async function prepare(duck: Duck, input: PrepareInput, { say }: Progress): Promise<Prepared> {
    const { frozen, asOf, snapshots, model, cycle } = input;
    const { plan } = frozen;
    const { seed } = plan.train;
    const main = sourceOf(duck, frozen, snapshots);
    const { columns } = main;
    const inputs = inputsOf(frozen, main);
    await loadSnapshots(duck, store, snapshots, say);

    say('splitting');
    const duplicates = await dropDuplicates(duck, main, plan.prepare.deduplicate);
    await splitRows(duck, { main: main.name, columns, split: plan.prepare.split, asOf, seed });
    await refuseSharedGroups(duck, main.name, columns, plan.prepare.split);
    await refuseLateInputs(duck, plan, main, inputs);
    if (plan.prepare.derive) say('deriving tables from the past');
    const sources = snapshots.map(({ source }) => source);
    const deriving = { main, prepare: plan.prepare, files: frozen.files, seed, folder: duck.path(SOURCES) };
    const history = await takeHistory(duck, deriving);
    const derived = await deriveTables(duck, { ...deriving, tables: sources });
    say('reading features.sql');
    const tables = [...sources, ...derived.map(({ name }) => name)];
    const raw = await inspectFeatures(duck, frozen.features, plan, tables);
    say(`computing ${count(raw.features.length, 'feature')}`);
    refuseAllowed(plan, raw, inputs);
    await computeFeatures(duck, main.name, raw);
    const leave = plan.prepare.unlabelled === 'leave-out';
    const unlabelled = leave ? await leaveOutUnlabelled(duck, main, raw.label) : 0;
    await refuseLabel(duck, raw.label);
    say('trying the features on rows alone');
    await probeFeatures(duck, { main: main.name, columns, inputs: inputs.map(({ name }) => name), raw });
    const outliers = await dropOutliers(duck, plan.prepare.drop);
    if (plan.prepare.sample !== undefined) await sampleRows(duck, plan.prepare.sample, seed);
    const target = await numberClasses(duck, raw.label);
    const { labels, warnings: absent } = await partLabels(duck, raw.label, target);
    if (raw.weight !== undefined) await refuseWeights(duck, raw.weight);
    say('fitting on the training part');
    const { fitted, folded, measured } = await fit(duck, raw, plan.prepare, target);
    say('looking for leaks');
    const unlooked = await refuseLeaks(duck, raw, { target, measured, leaks: plan.prepare.leaks });
    const warnings = fewest([...absent, ...unlooked, ...(await suspicions(duck, main, raw, plan.prepare))]);
    say('encoding');
    const replaced = await encodeByFolds(duck, folded, measured, seed);
    const statement = statementOf(raw, target, fitted);
    const features = featureNames(fitted);
    say('writing the parts');
    const rows = await writeParts(duck, { statement, label: raw.label.name, weight: raw.weight, features, replaced });
    await writeTestInputs(duck, main.name, inputs);
    const theirs = input.championInputs && amongColumns(input.championInputs, columns);
    const missing = theirs?.gone.filter(({ optional }) => !optional) ?? [];
    const asked = theirs && missing.length === 0;
    if (asked) await writeTestInputs(duck, main.name, theirs.inputs, CHAMPION_INPUTS);
    await writeTestLabels(duck, main.name, raw, columns, slicesOf(plan));
    say('counting the inputs');
    await writeBaseline(duck, main.name, inputs);
    const references = [
      ...snapshots.filter(({ source }) => source !== main.name).map(({ source: name, columns }) => ({ name, columns })),
      ...derived,
    ].map(({ name, columns }) => ({ name, file: `${name}.parquet`, columns }));
    const transform: Transform = {
      ...{ format: 2, ...target, label: raw.label.name, source: { name: main.name, columns }, inputs, references },
      ...{ features, duckdb: version().replace(/^v/, ''), statement },
      ...(plan.prepare.ignore && { ignored: plan.prepare.ignore }),
    };
    await packTransform(transform, duck.path(SOURCES), duck.path('transform.tar.gz'));

    say('storing');
    const keep = (file: string, type: string): Promise<ObjectRef> =>
      store.putFile(keys.cycle(model, cycle, 'prepared', file), duck.path(file), type);
    const prepared: Prepared = {
      train: await keep('train.parquet', PARQUET),
      validation: await keep('validation.parquet', PARQUET),
      test: await keep('test.parquet', PARQUET),
      testInputs: await keep('test-inputs.jsonl', 'application/jsonlines'),
      ...(asked && { championInputs: await keep(CHAMPION_INPUTS, 'application/jsonlines') }),
      ...(theirs &&
        !asked && {
          incomparable: `it reads ${some(missing.map(({ name }) => name))}, which ${main.name} has no more`,
        }),
      testLabels: await keep('test-labels.parquet', PARQUET),
      transform: await keep('transform.tar.gz', 'application/gzip'),
      baseline: await keep('baseline.parquet', PARQUET),
      ...{ rows, features, target, labels, leftOut: { duplicates, unlabelled, outliers, history }, warnings },
      sources: snapshots.map(({ source, data, rows, from, to }) => ({ source, data, rows, from, to })),
    };
    log.info({ model, cycle, rows, features: features.length, warnings: warnings.length }, 'prepared');
    return prepared;
  }
}

const PARQUET = 'application/vnd.apache.parquet';
const CHAMPION_INPUTS = 'test-inputs-champion.jsonl';

/** A plan's inputs among the columns that there are, and those that are none of them. */
function amongColumns(said: readonly string[], columns: readonly Column[]) {
  const named = said.map((one) => ({ name: one.replace(/\?$/, ''), optional: one.endsWith('?') }));
  const inputs = named.flatMap(({ name, optional }): Input[] => {
    const column = columns.find((known) => known.name === name);
    return column ? [{ ...column, optional }] : [];
  });
  return { inputs, gone: named.filter(({ name }) => !columns.some((known) => known.name === name)) };
}

/** The main source, with its columns as a request knows them. */
export function sourceOf(duck: Duck, frozen: FrozenPlan, snapshots: readonly Snapshot[]): MainSource {
  const name = mainSource(frozen);
  const snapshot = snapshots.find(({ source }) => source === name);
  if (!snapshot) throw permanent('DataUnusable', `there is no snapshot of the main source "${name}"; collect it first`);
  const columns: readonly Column[] = snapshot.columns.filter((column) => column.name !== ROW_ID);
  return { name, columns, path: join(duck.path(SOURCES), `${name}.parquet`) };
}

async function refuseLateInputs(duck: Duck, plan: Plan, main: MainSource, inputs: readonly Input[]): Promise<void> {
  const time = main.columns.find(({ name }) => name === plan.collect.sources[main.name]?.time);
  if (time) await refuseFuture(duck, main.name, inputs, { time, allow: plan.prepare.leaks.allow });
}

function refuseAllowed({ prepare }: Plan, { features }: RawFeatures, inputs: readonly Input[]): void {
  const known = [...new Set([...features, ...inputs].map(({ name }) => name))];
  const unknown = prepare.leaks.allow.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw permanent(
      'PlanRefused',
      `prepare.leaks.allow names ${some(unknown)}, which is neither feature nor input; correct it: there are ${some(known)}`,
    );
}

export function inputsOf({ plan }: FrozenPlan, { name: main, columns }: MainSource): Input[] {
  const { inputs, gone } = amongColumns(plan.prepare.inputs, columns);
  const [first] = gone;
  if (!first) return inputs;
  throw permanent(
    'PlanRefused',
    `prepare.inputs: ${main} has no column "${first.name}"; correct it, or mend the source: there are ${some(columns.map((one) => one.name))}`,
  );
}
