/** Train: all candidates side by side; the best by the plan's objective on the validation part goes on. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { CycleScope, Prepared, TrainedCandidate } from '../activities/types.ts';
import { jobName } from '../names.ts';
import { candidateName } from '../plan/meaning.ts';
import type { Candidate } from '../plan/schema.ts';
import { quick } from './act.ts';
import type { Board } from './board.ts';
import { figure } from './details.ts';
import { runJob } from './job.ts';
import { why } from './why.ts';

/** A candidate that fails does not sink the others; all failing is permanent `JobFailed`. */
export async function train(scope: CycleScope, prepared: Prepared, board: Board): Promise<TrainedCandidate> {
  const { candidates, objective } = scope.frozen.plan.train;
  const tried = await Promise.allSettled(
    candidates.map((candidate, index) => trainOne(scope, prepared, board, candidate, index)),
  );
  const cancelled = rejected(tried).find(isCancellation);
  if (cancelled) throw cancelled;
  const trained = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const best = pick(trained, objective);
  if (!best) {
    const reasons = rejected(tried).map((error) => why(error).message);
    throw ApplicationFailure.nonRetryable(`every candidate failed: ${reasons.join('; ')}`, 'JobFailed');
  }
  const known = board.progress.candidates.find(({ candidate }) => candidate === best.candidate);
  if (known) board.candidate({ ...known, best: true });
  board.say(
    `best of ${candidates.length}: ${best.candidate}, ${objective.metric} ${figure(best.metrics[objective.metric] ?? Number.NaN)}`,
  );
  return best;
}

/** The best by the objective; the earlier in the plan when two are equal. */
export function pick(
  trained: readonly TrainedCandidate[],
  { metric, goal }: CycleScope['frozen']['plan']['train']['objective'],
): TrainedCandidate | undefined {
  const sign = goal === 'maximize' ? 1 : -1;
  const worth = (one: TrainedCandidate) => sign * (one.metrics[metric] ?? Number.NaN);
  return trained
    .filter((one) => Number.isFinite(worth(one)))
    .reduce<TrainedCandidate | undefined>((best, one) => (best && worth(best) >= worth(one) ? best : one), undefined);
}

async function trainOne(
  scope: CycleScope,
  prepared: Prepared,
  board: Board,
  planned: Candidate,
  index: number,
): Promise<TrainedCandidate> {
  const { train: wanted } = scope.frozen.plan;
  const candidate = candidateName(planned);
  let job = '';
  try {
    const result = await runJob({
      kind: 'training',
      summary: `train ${candidate}`,
      maxRuntime: wanted.instance.maxRuntime,
      name: (attempt) => jobName(scope.model, scope.cycle, `train-${index + 1}`, attempt),
      submit: (name) =>
        quick(`Start to train ${candidate} (${name})`).submitTraining({
          ...scope,
          job: name,
          candidate: index,
          prepared,
        }),
      onAttempt: (name) => {
        job = name;
        board.candidate({ candidate, job, state: 'running', metrics: {} });
      },
    });
    if (!Number.isFinite(result.metrics[wanted.objective.metric]))
      throw ApplicationFailure.nonRetryable(
        `${job} reported no ${wanted.objective.metric} of the validation part, by which candidates are compared`,
        'JobFailed',
      );
    board.candidate({ candidate, job, state: 'done', metrics: result.metrics, costUsd: result.costUsd });
    return { ...result, candidate, algorithm: planned.algorithm };
  } catch (error) {
    const reason = isCancellation(error) ? 'cancelled' : why(error).message;
    board.candidate({ candidate, job, state: 'failed', metrics: {}, reason });
    throw error;
  }
}

const rejected = (tried: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  tried.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
