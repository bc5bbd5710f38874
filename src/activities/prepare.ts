/** Prepare: snapshots become the parts that train, choose and judge, the transform that serves, and the baseline to watch by. */
import { join } from 'node:path';
import { version } from '@duckdb/node-api';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { computeFeatures, inspectFeatures } from '../data/features.ts';
import { fit } from '../data/fit.ts';
import { featureNames } from '../data/fitted.ts';
import { encodeByFolds } from '../data/folds.ts';
import { numberClasses, partLabels } from '../data/label.ts';
import { ROW_ID } from '../data/land.ts';
import { dropDuplicates, type MainSource } from '../data/main-rows.ts';
import { dropOutliers } from '../data/outliers.ts';
import { slicesOf, writeBaseline, writeParts, writeTestInputs, writeTestLabels } from '../data/outputs.ts';
import { probeFeatures } from '../data/probe.ts';
import { sampleRows, splitRows } from '../data/split.ts';
import { statementOf } from '../data/statement.ts';
import { type Input, packTransform, type Transform } from '../data/transform.ts';
import { refuseWeights } from '../data/weights.ts';
import { count, some } from '../data/words.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import { loadSnapshots, mainSource, SOURCES } from './snapshots.ts';
import type { Column, CycleScope, FrozenPlan, ObjectRef, Prepared, Snapshot } from './types.ts';

type PrepareInput = CycleScope & { snapshots: readonly Snapshot[] };

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
    say('reading features.sql');
    const tables = snapshots.map(({ source }) => source);
    const raw = await inspectFeatures(duck, frozen.features, plan, tables);
    say(`computing ${count(raw.features.length, 'feature')}`);
    await computeFeatures(duck, main.name, raw);
    say('trying the features on rows alone');
    await probeFeatures(duck, { main: main.name, columns, inputs: inputs.map(({ name }) => name), raw });
    const outliers = await dropOutliers(duck, plan.prepare.drop);
    if (plan.prepare.sample !== undefined) await sampleRows(duck, plan.prepare.sample, seed);
    const target = await numberClasses(duck, raw.label);
    const { labels, warnings } = await partLabels(duck, raw.label, target);
    if (raw.weight !== undefined) await refuseWeights(duck, raw.weight);
    say('fitting on the training part');
    const { fitted, folded, measured } = await fit(duck, raw, plan.prepare, target);
    const replaced = await encodeByFolds(duck, folded, measured, seed);
    const statement = statementOf(raw, target, fitted);
    const features = featureNames(fitted);
    say('writing the parts');
    const rows = await writeParts(duck, { statement, label: raw.label.name, weight: raw.weight, features, replaced });
    await writeTestInputs(duck, main.name, inputs);
    await writeTestLabels(duck, main.name, raw, columns, slicesOf(plan));
    say('counting the inputs');
    await writeBaseline(duck, main.name, inputs);
    const references = snapshots
      .filter(({ source }) => source !== main.name)
      .map(({ source, columns }) => ({ name: source, file: `${source}.parquet`, columns }));
    const transform: Transform = {
      ...{ format: 2, ...target, label: raw.label.name, source: { name: main.name, columns }, inputs, references },
      ...{ features, duckdb: version().replace(/^v/, ''), statement },
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
      testLabels: await keep('test-labels.parquet', PARQUET),
      transform: await keep('transform.tar.gz', 'application/gzip'),
      baseline: await keep('baseline.parquet', PARQUET),
      ...{ rows, features, target, labels, leftOut: { duplicates, outliers, history: 0 }, warnings },
    };
    log.info({ model, cycle, rows, features: features.length, warnings: warnings.length }, 'prepared');
    return prepared;
  }
}

const PARQUET = 'application/vnd.apache.parquet';

/** The main source, with its columns as a request knows them. */
function sourceOf(duck: Duck, frozen: FrozenPlan, snapshots: readonly Snapshot[]): MainSource {
  const name = mainSource(frozen);
  const snapshot = snapshots.find(({ source }) => source === name);
  if (!snapshot) throw permanent('DataUnusable', `there is no snapshot of the main source "${name}"; collect it first`);
  const columns: readonly Column[] = snapshot.columns.filter((column) => column.name !== ROW_ID);
  return { name, columns, path: join(duck.path(SOURCES), `${name}.parquet`) };
}

function inputsOf({ plan }: FrozenPlan, { name: main, columns }: MainSource): Input[] {
  return plan.prepare.inputs.map((said) => {
    const name = said.replace(/\?$/, '');
    const column = columns.find((one) => one.name === name);
    if (column) return { ...column, optional: said.endsWith('?') };
    throw permanent(
      'PlanRefused',
      `prepare.inputs: ${main} has no column "${name}"; there are ${some(columns.map((one) => one.name))}`,
    );
  });
}
