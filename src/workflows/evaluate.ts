/** Evaluate: challenger and champion score the same untouched rows, through the container that serves. */
import type {
  CycleScope,
  Evaluation,
  JobResult,
  ObjectRef,
  Prepared,
  TrainedCandidate,
  Version,
} from '../activities/types.ts';
import { jobName } from '../names.ts';
import { data, keep, quick } from './act.ts';
import type { Board } from './board.ts';
import { runJob } from './job.ts';
import { together } from './together.ts';
import type { Undos } from './undo.ts';

export interface Evaluated {
  readonly evaluation: Evaluation;
  /** SageMaker model of the challenger. */
  readonly modelName: string;
  /** Drops the undo that removes the challenger's model. */
  readonly keepModel: () => void;
}

export async function evaluate(
  scope: CycleScope,
  { prepared, trained, champion }: { prepared: Prepared; trained: TrainedCandidate; champion?: Version },
  undos: Undos,
  board: Board,
): Promise<Evaluated> {
  const modelName = jobName(scope.model, scope.cycle, 'model');
  const keepModel = undos.before(`delete the model ${modelName}`, () =>
    keep(`Delete the challenger's model ${modelName}`).deleteModel({ name: modelName }),
  );
  const { algorithm, output: artifact } = trained;
  await quick(`Make the challenger's model ${modelName}`).createModel({
    ...scope,
    name: modelName,
    artifact,
    algorithm,
  });

  const score = (who: string, stage: string, model: string, input: ObjectRef) => async (): Promise<JobResult> => {
    const result = await runJob({
      kind: 'transform',
      summary: `score ${who}`,
      maxRuntime: scope.frozen.plan.train.instance.maxRuntime,
      name: (attempt) => jobName(scope.model, scope.cycle, stage, attempt),
      submit: (job) =>
        quick(`Start to score ${who} (${job})`).submitTransform({
          ...scope,
          job,
          modelName: model,
          input,
        }),
      onLoss: board.spend,
    });
    board.spend(result.costUsd);
    return result;
  };
  const { testInputs, championInputs = testInputs, incomparable } = prepared;
  const rival = incomparable === undefined ? champion : undefined;
  const scores = await together([
    score('challenger', 'score', modelName, testInputs),
    ...(rival ? [score(`champion v${rival.version}`, 'score-champion', rival.modelName, championInputs)] : []),
  ]);
  const [challenger, old] = scores as [JobResult, JobResult?];

  const evaluation = await data('Judge the challenger').judge({
    ...scope,
    prepared,
    trained,
    challenger,
    champion: old && rival && { ...old, facts: rival.facts },
    championVersion: rival?.version,
  });
  report(board, evaluation);
  return { evaluation, modelName, keepModel };
}

function report(board: Board, evaluation: Evaluation): void {
  const { rows, passed, gates, challenger, champion, baseline } = evaluation;
  board.change({
    evaluation: {
      sha256: evaluation.details.sha256,
      report: evaluation.report.uri,
      rows,
      passed,
      gates,
      challenger,
      champion,
      baseline,
    },
  });
  const held = gates.filter((gate) => gate.held).length;
  board.say(`${held} of ${gates.length} gates held on ${rows} rows`);
}

/** The gates that did not hold, in a sentence. */
export const broken = (evaluation: Evaluation): string =>
  evaluation.gates
    .filter(({ held }) => !held)
    .map(({ gate, found }) => `${gate}: ${found}`)
    .join('; ') || 'the evaluation did not pass';
