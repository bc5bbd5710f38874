/** One origin of a backtest: collected, prepared and trained as of its instant, then scored on what came later. */
import type { ScoredOrigin, Span } from '../activities/backtest-types.ts';
import type { JobResult, Prepared, RunScope, Snapshot, TrainedCandidate } from '../activities/types.ts';
import { jobName } from '../names.ts';
import { data, keep, quick } from './act.ts';
import type { BacktestBoard } from './backtest-board.ts';
import { runJob } from './job.ts';
import { together } from './together.ts';
import { train } from './train.ts';
import { Undos } from './undo.ts';

interface Origin {
  readonly at: number;
  readonly windows: readonly Span[];
  /** What is known at the end of the backtest. */
  readonly later: readonly Snapshot[];
}

/** The SageMaker model that it makes is removed again, however it ends. */
export async function playOrigin(
  scope: RunScope,
  { at, windows, later }: Origin,
  board: BacktestBoard,
): Promise<ScoredOrigin> {
  const own = board.of(at);
  const undos = new Undos();
  try {
    const prepared = await prepare(scope);
    own.say(`${prepared.rows.train} rows to train, ${prepared.features.length} features`);
    const rows = await data(`Cut the rows after ${scope.asOf} into windows`).cutLaterRows({
      ...scope,
      ...{ snapshots: later, prepared, windows },
    });
    const trained = await train(scope, prepared, own);
    const scored = await score(scope, trained, rows.inputs, undos, own.spend);
    own.say(`scored ${rows.rows.reduce((sum, n) => sum + n, 0)} rows that came later`);
    return {
      ...{ origin: at, asOf: scope.asOf, candidate: trained.candidate, artifact: trained.output },
      ...{ scored, later: rows, costUsd: board.costUsdOf(at) + (scored.costUsd ?? 0) },
    };
  } finally {
    const problems = await undos.run();
    if (problems.length > 0) board.change({ problems: [...board.progress.problems, ...problems] });
  }
}

async function prepare(scope: RunScope): Promise<Prepared> {
  const { asOf } = scope;
  const sources = Object.keys(scope.frozen.plan.collect.sources);
  const snapshots = await together(
    sources.map((source) => () => data(`Collect ${source} as of ${asOf}`).collectSource({ ...scope, source })),
  );
  await data(`Check what is expected of the data of ${asOf}`).checkExpectations({ ...scope, snapshots });
  return data(`Make features, split and fit as of ${asOf}`).prepareData({ ...scope, snapshots });
}

async function score(
  scope: RunScope,
  { output: artifact, algorithm }: TrainedCandidate,
  input: Prepared['testInputs'],
  undos: Undos,
  onLoss: (usd: number) => void,
): Promise<JobResult> {
  const name = jobName(scope.model, scope.cycle, 'model');
  undos.before(`delete the model ${name}`, () => keep(`Delete the model ${name}`).deleteModel({ name }));
  await quick(`Make the model ${name}`).createModel({ ...scope, name, artifact, algorithm });
  return runJob({
    kind: 'transform',
    summary: `score the rows after ${scope.asOf}`,
    maxRuntime: scope.frozen.plan.train.instance.maxRuntime,
    name: (attempt) => jobName(scope.model, scope.cycle, 'score', attempt),
    submit: (job) =>
      quick(`Start to score the rows after ${scope.asOf} (${job})`).submitTransform({
        ...scope,
        ...{ job, modelName: name, input },
      }),
    onLoss,
  });
}
