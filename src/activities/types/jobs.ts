/** Remote jobs, and what comes of them. */

export type JobKind = 'training' | 'tuning' | 'transform';

/** A remote job under the name that the workflow chose before it acted. */
export interface JobRef {
  readonly kind: JobKind;
  readonly name: string;
}

/** A finished job. A job that failed or was stopped is a failure, not a result. */
export interface JobResult extends JobRef {
  /** S3 uri of model.tar.gz, or of the folder that a transform wrote. */
  readonly output: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly billableSeconds: number;
  readonly costUsd?: number;
  /** Of a tuning job: its best training job, and how many were tried. */
  readonly best?: {
    readonly job: string;
    readonly trials: number;
    readonly hyperparameters: Readonly<Record<string, string>>;
  };
}

export interface TrainedCandidate extends JobResult {
  readonly candidate: string;
  readonly algorithm: string;
}
