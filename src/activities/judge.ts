/** Evaluate: challenger and champion on the same untouched rows, held against the plan's gates. */
import { contentOfFile } from '../aws/content.ts';
import type { Store } from '../aws/store.ts';
import { parseS3Uri } from '../aws/uri.ts';
import { breathing } from '../data/breath.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { type EvaluationDetails, judgeModels, overall, slicedColumns, type TestRows } from '../data/evaluation.ts';
import { MeasureError } from '../data/measures.ts';
import { type ModelDescription, readModel } from '../data/model-facts.ts';
import { firstObjects, PredictionError, readScores } from '../data/predictions.ts';
import { type Scores, widthOf } from '../data/scores.ts';
import type { SliceValue } from '../data/slices.ts';
import { identifier, list, text } from '../data/sql.ts';
import { predictionCounts, valueCountRows } from '../data/value-counts.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { candidateName, candidatesOf } from '../plan/meaning.ts';
import type { Plan } from '../plan/schema.ts';
import { renderEvaluation } from '../report/evaluation.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import type { Evaluation, JobResult, ModelFacts, ObjectRef, Prepared, Target } from './types.ts';

type Input = Parameters<Activities['judge']>[0];
type Outputs = {
  readonly scores: Scores;
  readonly objects: readonly ObjectRef[];
  readonly first: readonly unknown[];
};

/** So many test rows are asked again of a version that was just deployed. */
const SMOKE = 20;

export const judgeActivities = ({ store, log }: Pick<Deps, 'store' | 'log'>): Pick<Activities, 'judge'> => ({
  judge: (input) =>
    reporting('reading the test rows', (progress) =>
      withDuckDB((duck) => judge(store, duck, input, progress), { signal: progress.signal }).then((evaluation) => {
        const { model, cycle } = input;
        log.info({ model, cycle, rows: evaluation.rows, passed: evaluation.passed }, 'judged');
        return evaluation;
      }),
    ),
});

async function judge(store: Store, duck: Duck, input: Input, { say, signal }: Progress): Promise<Evaluation> {
  const { model, cycle, asOf, frozen, prepared, trained } = input;
  const { plan } = frozen;
  const breathe = breathing(signal);
  const rows = await testRows(store, duck, prepared.testLabels, plan);
  const read = (who: string, job: JobResult, facts: ModelFacts) =>
    readOutputs(store, duck, { who, job, facts, rows: rows.labels.length }, breathe);
  say('reading what the challenger says of itself');
  const { facts, importance } = await modelDescription(store, duck, trained.output);
  refuseOtherTarget(trained.output, facts, prepared);
  say('reading what the challenger predicted');
  const challenger = await read('challenger', input.challenger, facts);
  if (input.champion) say('reading what the champion predicted');
  const champion = input.champion && (await read('champion', input.champion, input.champion.facts));
  await store.getFile(prepared.testInputs, duck.path('inputs.jsonl'));
  const instances = await firstObjects(duck.path('inputs.jsonl'), SMOKE);

  say(`measuring ${rows.labels.length} rows`);
  const judgement = await asUnusable(prepared.testLabels.uri, () =>
    judgeModels(
      plan,
      rows,
      prepared.labels.train,
      { name: `${trained.candidate} (challenger)`, scores: challenger.scores },
      champion && { name: championName(input.championVersion), scores: champion.scores },
      breathe,
      prepared.incomparable && `the champion cannot be asked: ${prepared.incomparable}`,
    ),
  );
  const details: EvaluationDetails = {
    format: 1,
    ...{ model, cycle, asOf, objective: plan.objective, planHash: frozen.hash, facts },
    ...(importance && { importance }),
    ...judgement,
    data: {
      inputs: prepared.testInputs,
      labels: prepared.testLabels,
      challenger: challenger.objects,
      ...(champion && { champion: champion.objects }),
      ...(prepared.sources && { sources: prepared.sources }),
      ...{ train: prepared.train, validation: prepared.validation, transform: prepared.transform },
    },
    ...{ rowsOf: prepared.rows, features: prepared.features, trained: trainedAs(plan, trained) },
    smoke: { instances, predictions: challenger.first },
  };

  say('writing the report');
  const key = (file: string) => keys.cycle(model, cycle, 'evaluate', file);
  const counts = duck.path('predictions.parquet');
  await duck.writeParquet(valueCountRows(predictionCounts(challenger.scores)), counts);
  return {
    rows: judgement.rows,
    challenger: overall(plan, judgement.challenger.metrics),
    ...(judgement.champion && { champion: overall(plan, judgement.champion.metrics) }),
    baseline: overall(plan, judgement.baseline.metrics),
    facts,
    gates: judgement.gates,
    passed: judgement.passed,
    predictions: await store.putFile(key('predictions.parquet'), counts, 'application/vnd.apache.parquet'),
    details: await store.putText(
      key('evaluation.json'),
      `${JSON.stringify(details, undefined, 1)}\n`,
      'application/json',
    ),
    report: await store.putText(key('evaluation.html'), await renderEvaluation(details), 'text/html; charset=utf-8'),
  };
}

function trainedAs(plan: Plan, { candidate, algorithm, best }: Input['trained']): EvaluationDetails['trained'] {
  const planned = candidatesOf(plan).find((one) => candidateName(one) === candidate);
  return { candidate, algorithm, hyperparameters: { ...planned?.hyperparameters, ...best?.hyperparameters } };
}

const championName = (version?: number): string =>
  `${version === undefined ? '' : `version ${version} `}(champion)`.trim();

export async function modelDescription(store: Store, duck: Duck, artifact: string): Promise<ModelDescription> {
  const path = duck.path('model.tar.gz');
  await store.getFile(artifact, path);
  return asUnusable(artifact, () => readModel(path));
}

/** A model of other classes than were prepared would be measured against the wrong labels. */
function refuseOtherTarget(artifact: string, { target }: ModelFacts, prepared: Prepared): void {
  const same =
    target.problem === prepared.target.problem &&
    (target.classes ?? []).join('\0') === (prepared.target.classes ?? []).join('\0');
  if (!same)
    throw unusable(
      artifact,
      `the model predicts ${described(target)}, the data were prepared for ${described(prepared.target)}`,
    );
}

const described = ({ problem, classes }: Target): string => (classes ? `${problem} ${classes.join(', ')}` : problem);

/** Labels and slice columns of the test part, in the order of its rows. */
async function testRows(store: Store, duck: Duck, object: ObjectRef, plan: Plan): Promise<TestRows> {
  const path = duck.path('labels.parquet');
  await store.getFile(object, path);
  const from = `FROM read_parquet(${text(path)})`;
  const types = new Map((await duck.columns(`SELECT * ${from}`)).map(({ name, type }) => [name, type]));
  const label = [plan.prepare.label, 'label'].find((name) => types.has(name));
  const sliced = slicedColumns(plan);
  const missing = [...(label ? [] : [plan.prepare.label]), ...sliced.filter((name) => !types.has(name))];
  if (!label || missing.length > 0)
    throw unusable(object.uri, `it has no column ${missing.join(', ')}; it has ${[...types.keys()].join(', ')}`);

  const slices = sliced.map((name, i) => `${plain(name, types.get(name) ?? '')} AS s${i}`);
  const found = await duck.rows<Record<string, SliceValue>>(
    `SELECT ${list([`CAST(${identifier(label)} AS DOUBLE) AS label`, ...slices])} ${from} ORDER BY row_id`,
  );
  const unlabelled = found.findIndex((row) => row.label === null);
  if (unlabelled >= 0) throw unusable(object.uri, `row ${unlabelled} has no label`);
  return {
    labels: found.map((row) => row.label as number),
    columns: Object.fromEntries(sliced.map((name, i) => [name, found.map((row) => row[`s${i}`] ?? null)])),
  };
}

/** A column as JSON holds it: numbers and truth values as they are, all else as text. */
function plain(name: string, type: string): string {
  if (type === 'BOOLEAN') return identifier(name);
  const number = /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
  return `CAST(${identifier(name)} AS ${number ? 'DOUBLE' : 'VARCHAR'})`;
}

/** What a batch transform wrote: one prediction a test row, in their order. */
export async function readOutputs(
  store: Store,
  duck: Duck,
  { who, job, facts, rows }: { who: string; job: JobResult; facts: ModelFacts; rows: number },
  breathe: () => Promise<void>,
): Promise<Outputs> {
  const { name, output } = job;
  const { target, threshold } = facts;
  const folder = output.endsWith('/') ? output : `${output}/`;
  const written = (await store.list(parseS3Uri(folder).key)).filter(({ key }) => key.endsWith('.out'));
  if (written.length === 0) throw unusable(folder, `transform job ${name} left no .out object there`);
  const values: number[] = [];
  const objects: ObjectRef[] = [];
  const first: unknown[] = [];
  for (const [index, { uri }] of written.entries()) {
    const path = duck.path(`${who}-${index}.out`);
    await store.getFile(uri, path);
    objects.push({ uri, ...(await contentOfFile(path)) });
    for (const one of await asUnusable(uri, () => readScores(path, target, breathe))) values.push(one);
    if (first.length < SMOKE) first.push(...(await firstObjects(path, SMOKE - first.length)));
  }
  const given = values.length / widthOf(target);
  if (given !== rows)
    throw unusable(folder, `the ${who} gave ${given} predictions for ${rows} test rows (transform job ${name})`);
  return { scores: { target, threshold, values }, objects, first };
}

export async function asUnusable<T>(uri: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MeasureError || error instanceof PredictionError) throw unusable(uri, error.message);
    throw error;
  }
}

const unusable = (uri: string, found: string) =>
  permanent('DataUnusable', `${uri}: ${found}. The model cannot be judged by it; mend the cause and run a new cycle`);
