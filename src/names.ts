/** Every name that Perennial gives away, in one place. Pure. */

/** Names of remote things: at most 63 of [A-Za-z0-9-]. A model's name has at most 30. */
export const jobName = (model: string, cycle: number, stage: string, attempt = 1): string =>
  `${model}-${cycle}-${stage}${attempt > 1 ? `-${attempt}` : ''}`;

export const endpointName = (model: string): string => model;
export const variantName = (version: number): string => `v${version}`;
export const packageGroupName = (model: string): string => model;

export const modelWorkflowId = (model: string): string => `model/${model}`;
export const cycleWorkflowId = (model: string, cycle: number): string => `model/${model}/cycle/${cycle}`;
export const rolloutWorkflowId = (model: string, label: string): string => `model/${model}/rollout/${label}`;
export const monitorWorkflowId = (model: string): string => `model/${model}/monitor`;
export const retrainScheduleId = (model: string): string => `model/${model}/retrain`;
export const monitorScheduleId = (model: string): string => `model/${model}/monitor`;

/** Keys under the bucket; one folder a model. */
export const keys = {
  model: (model: string) => `models/${model}`,
  snapshot: (model: string, source: string, sha256: string) => `models/${model}/snapshots/${source}/${sha256}.parquet`,
  snapshotManifest: (model: string, source: string, sha256: string) =>
    `models/${model}/snapshots/${source}/${sha256}.json`,
  cycle: (model: string, cycle: number, ...rest: string[]) =>
    ['models', model, 'cycles', String(cycle), ...rest].join('/'),
  /** Shared by all models: the training script, under its own sha256. */
  code: (sha256: string) => `code/${sha256}/sourcedir.tar.gz`,
  capture: (model: string) => `models/${model}/capture`,
  groundTruth: (model: string) => `models/${model}/ground-truth`,
  monitor: (model: string, id: string, file: string) => `models/${model}/monitor/${id}/${file}`,
  ledger: (model: string, seq: number) => `models/${model}/ledger/${String(seq).padStart(8, '0')}.json`,
} as const;

export const METRIC_NAMESPACE = 'Perennial';
export const TAG_MODEL = 'perennial:model';
export const TAG_CYCLE = 'perennial:cycle';
