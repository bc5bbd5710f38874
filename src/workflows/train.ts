/** Train: all candidates side by side; the best by the plan's objective on the validation part goes on. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { Prepared, RunScope, TrainedCandidate } from '../activities/types.ts';
import { jobName, tuningJobName } from '../names.ts';
import { BASELINE, candidateMaxWait, candidateName, candidatesOf } from '../plan/meaning.ts';
import type { Candidate } from '../plan/schema.ts';
import { quick } from './act.ts';
import { figure } from './details.ts';
import { runJob } from './job.ts';
import type { CandidateProgress } from './shapes.ts';
import { why } from './why.ts';

/** Where training tells how it goes. */
export interface TrainingBoard {
  readonly progress: { readonly candidates: readonly CandidateProgress[] };
  candidate(candidate: CandidateProgress): void;
  say(...lines: string[]): void;
  /** So many US dollars went beside what the candidates tell. */
  spend(usd: number): void;
}

/** A candidate that fails does not sink the others; all failing is permanent `JobFailed`. */
export async function train(scope: RunScope, prepared: Prepared, board: TrainingBoard): Promise<TrainedCandidate> {
  const { plan } = scope.frozen;
  const { objective } = plan.train;
  const candidates = candidatesOf(plan);
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
    ...(best.candidate === BASELINE ? ['no candidate is better than the linear baseline'] : []),
  );
  return best;
}

/** The best by the objective; the earlier in the plan when two are equal. */
export function pick(
  trained: readonly TrainedCandidate[],
  { metric, goal }: RunScope['frozen']['plan']['train']['objective'],
): TrainedCandidate | undefined {
  const sign = goal === 'maximize' ? 1 : -1;
  const worth = (one: TrainedCandidate) => sign * (one.metrics[metric] ?? Number.NaN);
  return trained
    .filter((one) => Number.isFinite(worth(one)))
    .reduce<TrainedCandidate | undefined>((best, one) => (best && worth(best) >= worth(one) ? best : one), undefined);
}

async function trainOne(
  scope: RunScope,
  prepared: Prepared,
  board: TrainingBoard,
  planned: Candidate,
  index: number,
): Promise<TrainedCandidate> {
  const { plan } = scope.frozen;
  const wanted = plan.train;
  const candidate = candidateName(planned);
  const kind = planned.tune ? 'tuning' : 'training';
  const named = planned.tune ? tuningJobName : jobName;
  let job = '';
  try {
    const result = await runJob({
      kind,
      summary: `${planned.tune ? 'tune' : 'train'} ${candidate}`,
      maxRuntime: candidateMaxWait(plan, planned),
      name: (attempt) => named(scope.model, scope.cycle, `${planned.tune ? 'tune' : 'train'}-${index + 1}`, attempt),
      submit: (name) => {
        const input = { ...scope, job: name, candidate: index, prepared };
        const act = quick(`Start to ${planned.tune ? 'tune' : 'train'} ${candidate} (${name})`);
        return planned.tune ? act.submitTuning(input) : act.submitTraining(input);
      },
      onAttempt: (name) => {
        job = name;
        board.candidate({ candidate, job, state: 'running', metrics: {} });
      },
      onLoss: board.spend,
    });
    if (!Number.isFinite(result.metrics[wanted.objective.metric]))
      throw ApplicationFailure.nonRetryable(
        `${job} reported no ${wanted.objective.metric} of the validation part, by which candidates are compared`,
        'JobFailed',
      );
    const tried = result.best;
    if (tried)
      board.say(`${candidate}: ${tried.job} is the best of ${tried.trials} trials, ${settings(tried.hyperparameters)}`);
    board.candidate({ candidate, job, state: 'done', metrics: result.metrics, costUsd: result.costUsd });
    return { ...result, candidate, algorithm: planned.algorithm };
  } catch (error) {
    const reason = isCancellation(error) ? 'cancelled' : why(error).message;
    board.candidate({ candidate, job, state: 'failed', metrics: {}, reason });
    throw error;
  }
}

const settings = (hyperparameters: Readonly<Record<string, string>>): string =>
  Object.entries(hyperparameters)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const rejected = (tried: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  tried.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
