/** What the sweeper is told, and what it finds. */

/** What the sweeper must know of a model that lives. */
export interface LivingModel {
  readonly model: string;
  /** Cycles whose versions are kept, the champion's included, as tags say them. */
  readonly kept: readonly string[];
  /** The cycle that runs. */
  readonly running?: string;
  /** A cycle, a rollout or a backtest runs: what it has made is not known to anybody else yet. */
  readonly busy: boolean;
  readonly backtest: boolean;
}

export interface SweepLook {
  readonly living: readonly LivingModel[];
  /** Looks at this model alone, and believes that it is gone when it does not live. */
  readonly only?: string;
  /** What is younger than an hour, as of this instant, is left alone. */
  readonly now: string;
  /** What cycles without a version wrote is left alone for so long, in milliseconds. */
  readonly olderThan: number;
}

/** A thing that nothing needs. */
export interface Orphan {
  readonly kind: string;
  readonly name: string;
  readonly model: string;
  readonly why: string;
  readonly arn?: string;
  readonly bytes?: number;
}

export interface SweepFound {
  readonly found: readonly Orphan[];
  /** Models that do not live and have ended: by their ledger, or because a person named them. */
  readonly gone: readonly string[];
  /** Models that things are tagged with, and that neither live nor have ended by their ledger: left alone. */
  readonly unknown: readonly string[];
}
