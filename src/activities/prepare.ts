/** Prepare: snapshots become the parts that train, choose and judge, the transform that serves, and the baseline to watch by. */
import { version } from '@duckdb/node-api';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { computeFeatures, inspectFeatures } from '../data/features.ts';
import { fit } from '../data/fit.ts';
import { ROW_ID } from '../data/land.ts';
import { slicesOf, writeBaseline, writeParts, writeTestInputs, writeTestLabels } from '../data/outputs.ts';
import { probeFeatures } from '../data/probe.ts';
import { splitRows } from '../data/split.ts';
import { featureNames, statementOf } from '../data/statement.ts';
import { type Input, packTransform, type Transform } from '../data/transform.ts';
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
    const main = mainSource(frozen);
    const columns = sourceColumns(snapshots, main);
    const inputs = inputsOf(frozen, main, columns);
    await loadSnapshots(duck, store, snapshots, say);

    say('reading features.sql');
    const raw = await inspectFeatures(
      duck,
      frozen.features,
      plan.prepare,
      snapshots.map(({ source }) => source),
    );
    say(`computing ${count(raw.features.length, 'feature')}`);
    await computeFeatures(duck, main, raw);
    say('trying the features on rows alone');
    await probeFeatures(duck, { main, columns, inputs: inputs.map(({ name }) => name), raw });
    say('splitting');
    const { split, sample, label } = plan.prepare;
    await splitRows(duck, { main, columns, split, sample, label, asOf, seed: plan.train.seed });
    say('fitting on the training part');
    const fitted = await fit(duck, raw, plan.prepare);
    const statement = statementOf(raw, fitted);
    const features = featureNames(fitted);
    say('writing the parts');
    const parts = await writeParts(duck, statement, label);
    await writeTestInputs(duck, main, inputs);
    await writeTestLabels(duck, main, raw, columns, slicesOf(plan));
    say('counting the inputs');
    await writeBaseline(duck, main, inputs);
    const references = snapshots
      .filter(({ source }) => source !== main)
      .map(({ source, columns }) => ({ name: source, file: `${source}.parquet`, columns }));
    const transform: Transform = {
      ...{ format: 1, label, source: { name: main, columns }, inputs, references, features },
      ...{ threshold: plan.evaluate.threshold, duckdb: version().replace(/^v/, ''), statement },
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
      rows: { train: parts.train.rows, validation: parts.validation.rows, test: parts.test.rows },
      features,
      positives: { train: parts.train.positives, validation: parts.validation.positives, test: parts.test.positives },
    };
    log.info({ model, cycle, rows: prepared.rows, features: features.length }, 'prepared');
    return prepared;
  }
}

const PARQUET = 'application/vnd.apache.parquet';

/** The main source's columns as a request knows them. */
function sourceColumns(snapshots: readonly Snapshot[], main: string): Column[] {
  const snapshot = snapshots.find(({ source }) => source === main);
  if (!snapshot) throw permanent('DataUnusable', `there is no snapshot of the main source "${main}"; collect it first`);
  return snapshot.columns.filter(({ name }) => name !== ROW_ID);
}

function inputsOf({ plan }: FrozenPlan, main: string, columns: readonly Column[]): Input[] {
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
