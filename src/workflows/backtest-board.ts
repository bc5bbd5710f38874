/** The backtest's notice board: what the query `backtestProgress` and the Web UI's details say. */
import { setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { BacktestResult } from '../activities/backtest-types.ts';
import { now, spentUsd } from './board.ts';
import { backtestDetails } from './details.ts';
import { backtestProgress } from './messages.ts';
import type { CandidateProgress } from './shapes.ts';
import type { TrainingBoard } from './train.ts';

export interface OriginProgress {
  /** The instant that its version is trained as of. */
  readonly asOf: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly candidates: readonly CandidateProgress[];
  readonly lines: readonly string[];
  readonly startedAt?: string;
  readonly endedAt?: string;
}

export interface BacktestProgress {
  readonly model: string;
  /** The name that its jobs and keys bear. */
  readonly backtest: string;
  readonly by: string;
  readonly startedAt: string;
  readonly calendar: string;
  readonly planHash: string;
  readonly lines: readonly string[];
  readonly origins: readonly OriginProgress[];
  /** What could not be cleared away. */
  readonly problems: readonly string[];
  readonly result?: BacktestResult;
}

export class BacktestBoard {
  #progress: BacktestProgress;
  /** What came to nothing has cost, by origin. */
  readonly #lostUsd: number[] = [];

  constructor(opening: BacktestProgress) {
    this.#progress = opening;
    setHandler(backtestProgress, () => this.#progress);
    this.change({});
  }

  get progress(): BacktestProgress {
    return this.#progress;
  }

  say(...lines: string[]): void {
    this.change({ lines: [...this.#progress.lines, ...lines] });
  }

  change(change: Partial<BacktestProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    setCurrentDetails(backtestDetails(this.#progress));
  }

  /** Changes what is known of one origin. */
  origin(at: number, change: Partial<OriginProgress>): void {
    this.change({ origins: this.#progress.origins.map((one, n) => (n === at ? { ...one, ...change } : one)) });
  }

  begin(at: number): void {
    this.origin(at, { state: 'running', startedAt: now() });
  }

  end(at: number, state: 'done' | 'failed'): void {
    this.origin(at, { state, endedAt: now() });
  }

  /** Where the training of one origin tells how it goes. */
  of(at: number): TrainingBoard {
    const own = () => this.#progress.origins[at] as OriginProgress;
    return {
      get progress() {
        return own();
      },
      candidate: (candidate) => {
        const others = own().candidates.filter((other) => other.candidate !== candidate.candidate);
        this.origin(at, { candidates: [...others, candidate] });
      },
      say: (...lines) => this.origin(at, { lines: [...own().lines, ...lines] }),
      spend: (usd) => {
        this.#lostUsd[at] = (this.#lostUsd[at] ?? 0) + usd;
      },
    };
  }

  /** What has been paid for the jobs of one origin. */
  costUsdOf(at: number): number {
    return spentUsd(this.#progress.origins[at]?.candidates ?? [], this.#lostUsd[at]);
  }
}
