/** Quality while too few outcomes are there: from the version's own probabilities, corrected on its test part. */
import type { Store } from '../aws/store.ts';
import type { Duck } from '../data/duckdb.ts';
import { correctionOn, type EstimatedQuality, estimateQuality } from '../data/estimate.ts';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { readScores } from '../data/predictions.ts';
import { type Scores, widthOf } from '../data/scores.ts';
import { identifier, text } from '../data/sql.ts';
import type { Activities } from './interface.ts';
import type { Seen } from './seen.ts';

type Input = Parameters<Activities['inspectModel']>[0];

/** The estimate, or why there is none. */
export async function estimatedOf(
  store: Store,
  duck: Duck,
  { frozen: { plan }, champion }: Input,
  { predictions }: Seen,
  breathe: () => Promise<void>,
): Promise<EstimatedQuality | { readonly why: string }> {
  const { monitor, train } = plan;
  const { target } = champion.facts;
  const rows = predictions.length / widthOf(target);
  if (target.problem === 'regression') return { why: 'a predicted value does not say how sure it is' };
  if (!monitor.estimate) return { why: 'the plan does not ask for it (monitor.estimate)' };
  if (rows < monitor.drift.minRows)
    return { why: `${rows} rows came, at least ${monitor.drift.minRows} are asked for (monitor.drift.minRows)` };
  const { labels, scores } = await testPart(store, duck, champion, plan.prepare.label, breathe);
  const found = await estimateQuality({ ...champion.facts, values: predictions }, correctionOn(labels, scores), {
    seed: train.seed,
    breathe,
  });
  return found ?? { why: 'there are too many classes' };
}

/** What the version answered to its test part, and what came true there, as its evaluation refers to them. */
async function testPart(
  store: Store,
  duck: Duck,
  { evaluation, facts }: Input['champion'],
  label: string,
  breathe: () => Promise<void>,
): Promise<{ labels: number[]; scores: Scores }> {
  const { data } = JSON.parse(await store.getText(evaluation)) as Pick<EvaluationDetails, 'data'>;
  await store.getFile(data.labels, duck.path('labels.parquet'));
  const from = `FROM read_parquet(${text(duck.path('labels.parquet'))})`;
  const names = (await duck.columns(`SELECT * ${from}`)).map(({ name }) => name);
  const column = identifier(names.includes(label) ? label : 'label');
  const rows = await duck.rows<{ label: number }>(`SELECT CAST(${column} AS DOUBLE) AS label ${from} ORDER BY row_id`);
  const values: number[] = [];
  for (const [index, object] of data.challenger.entries()) {
    const path = duck.path(`answers-${index}.jsonl`);
    await store.getFile(object, path);
    for (const one of await readScores(path, facts.target, breathe)) values.push(one);
  }
  return { labels: rows.map((row) => row.label), scores: { ...facts, values } };
}
