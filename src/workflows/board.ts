/** The cycle's notice board: what the query `progress`, the Web UI's details and the search attributes say. */
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { cycleDetails } from './details.ts';
import { progress as progressQuery } from './messages.ts';
import { OUTCOME, STAGE } from './search.ts';
import {
  type CandidateProgress,
  type CycleProgress,
  type Outcome,
  STAGES,
  type Stage,
  type StageProgress,
} from './shapes.ts';

export const now = (): string => new Date(Date.now()).toISOString();

/** What candidates have cost, and so much beside them. */
export const spentUsd = (candidates: readonly CandidateProgress[], beside = 0): number =>
  candidates.reduce((sum, { costUsd = 0 }) => sum + costUsd, beside);

type Opening = Omit<CycleProgress, 'stages' | 'candidates' | 'stage' | 'startedAt'>;

export class Board {
  #progress: CycleProgress;
  #spentUsd = 0;

  constructor(opening: Opening) {
    const stages = STAGES.map((stage): StageProgress => ({ stage, state: 'waiting', lines: [] }));
    this.#progress = { ...opening, startedAt: now(), stage: 'plan', stages, candidates: [] };
    setHandler(progressQuery, () => this.#progress);
  }

  get progress(): CycleProgress {
    return this.#progress;
  }

  /** Runs one stage and notes when it began, ended and failed. */
  async stage<T>(stage: Stage, run: () => Promise<T>): Promise<T> {
    this.change({ stage });
    this.findable(stage);
    this.#stage(stage, { state: 'running', startedAt: now() });
    try {
      const result = await run();
      this.#stage(stage, { state: 'done', endedAt: now() });
      return result;
    } catch (error) {
      this.#stage(stage, { state: 'failed', endedAt: now() });
      throw error;
    }
  }

  /** The stage by which people find the cycle: `approval` is one to them, and a part of deploy to the cycle. */
  findable(stage: Stage | 'approval'): void {
    upsertSearchAttributes([{ key: STAGE, value: stage }]);
  }

  /** Adds sentences to the stage that runs. */
  say(...lines: string[]): void {
    const current = this.#progress.stages.find(({ stage }) => stage === this.#progress.stage);
    this.#stage(this.#progress.stage, { lines: [...(current?.lines ?? []), ...lines] });
  }

  candidate(candidate: CandidateProgress): void {
    const others = this.#progress.candidates;
    const known = others.some((other) => other.candidate === candidate.candidate);
    this.change({
      candidates: known
        ? others.map((other) => (other.candidate === candidate.candidate ? candidate : other))
        : [...others, candidate],
    });
  }

  /** A job beside those of the candidates has cost so much, or one that came to nothing. */
  readonly spend = (usd = 0): void => {
    this.#spentUsd += usd;
  };

  /** What has been paid for jobs. */
  get costUsd(): number {
    return spentUsd(this.#progress.candidates, this.#spentUsd);
  }

  change(change: Partial<CycleProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    setCurrentDetails(cycleDetails(this.#progress));
  }

  end(outcome: Outcome): void {
    upsertSearchAttributes([{ key: OUTCOME, value: outcome }]);
    const stages = this.#progress.stages.map((stage) =>
      stage.state === 'waiting' ? { ...stage, state: 'skipped' as const } : stage,
    );
    this.change({ outcome, stages, endedAt: now() });
  }

  #stage(stage: Stage, change: Partial<StageProgress>): void {
    this.change({
      stages: this.#progress.stages.map((other) => (other.stage === stage ? { ...other, ...change } : other)),
    });
  }
}
