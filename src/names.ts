/** Every name that Perennial gives away, in one place. Pure. */

/** An origin of a backtest: it begins with a letter, so that no cycle's number is like it. */
export type OriginName = `b${string}`;
/** Whose a remote thing is: a cycle's, by its number, or an origin's. */
export type RunName = number | OriginName;
export const originName = (backtest: string, origin: number): OriginName => `b${backtest}-${origin}`;

/** Names of remote things: at most 63 of [A-Za-z0-9-]. A model's name has at most 30. */
export const jobName = (model: string, cycle: RunName, stage: string, attempt = 1): string =>
  `${model}-${cycle}-${stage}${attempt > 1 ? `-${attempt}` : ''}`;

/** Names of tuning jobs have at most 32 characters: of a long model's, the beginning and a number made of all of it. */
export function tuningJobName(model: string, cycle: RunName, stage: string, attempt = 1): string {
  const whole = jobName(model, cycle, stage, attempt);
  if (whole.length <= 32) return whole;
  if (typeof cycle === 'string') return `${shortName(model)}-b${shortHash(whole)}`;
  return jobName(shortName(model), cycle, stage, attempt);
}

/** With what the names of all jobs of a cycle begin, the trials of its tuning among them. */
export const jobPrefixes = (model: string, cycle: RunName): string[] => [
  ...new Set([model, shortName(model)].map((name) => jobName(name, cycle, ''))),
];

/** Whether a job may be this model's, by its name. */
export const isJobOf = (model: string, { name }: { readonly name: string }): boolean =>
  name.startsWith(`${model}-`) || name.startsWith(`${shortName(model)}-`);

const shortName = (model: string): string => `${model.slice(0, 9).replace(/-$/, '')}-${shortHash(model).slice(0, 6)}`;

/** FNV-1a, 32 bits, in at most seven of [0-9a-z]: workflows have no crypto module. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(36);
}

/** Of the REST API, its function, and what else stands around them under one name. */
export const apiName = (model: string): string => `perennial-${model}`;
export const endpointName = (model: string): string => model;
export const variantName = (version: number): string => `v${version}`;
/** A shadow has a name of its own: what it answered, nobody was given, and it is captured apart from what the version serves. */
export const shadowName = (version: number): string => `${variantName(version)}-shadow`;
/** The inference id of requests that are ours (smoke tests, requests asked again of another version): nobody's traffic. */
export const PROBE = 'perennial-probe';
export const packageGroupName = (model: string): string => model;

export const modelWorkflowId = (model: string): string => `model/${model}`;
export const cycleWorkflowId = (model: string, cycle: number): string => `model/${model}/cycle/${cycle}`;
export const rolloutWorkflowId = (model: string, label: string): string => `model/${model}/rollout/${label}`;
export const monitorWorkflowId = (model: string): string => `model/${model}/monitor`;
export const backtestWorkflowId = (model: string, id: string): string => `model/${model}/backtest/${id}`;
export const retrainScheduleId = (model: string): string => `model/${model}/retrain`;
export const monitorScheduleId = (model: string): string => `model/${model}/monitor`;
/** What came of a request with a key, by the hash of who asked and the key. */
export const requestWorkflowId = (id: string): string => `request/${id}`;
/** Of all models, or of one. */
export const sweepWorkflowId = (model?: string): string => (model === undefined ? 'sweep' : `sweep/${model}`);

/** All builds of the worker are versions of this one deployment. */
export const DEPLOYMENT = 'perennial';

/** The task queue of activities that read or write data, beside the one of everything else: these take much memory. */
export const dataTaskQueue = (taskQueue: string): string => `${taskQueue}-data`;

/** A monitoring pass, by the end of its window. */
export const passId = (to: string): string => to.replaceAll(/[:.]/g, '-');

/** The folder of captures of an hour: `2026/01/31/08`. */
export const hourFolder = (instant: number): string =>
  new Date(instant).toISOString().slice(0, 13).replace(/[-T]/g, '/');

/** Keys under the bucket; one folder a model. */
export const keys = {
  model: (model: string) => `models/${model}`,
  snapshot: (model: string, source: string, sha256: string) => `models/${model}/snapshots/${source}/${sha256}.parquet`,
  snapshotManifest: (model: string, source: string, sha256: string) =>
    `models/${model}/snapshots/${source}/${sha256}.json`,
  /** Of a cycle, or of an origin below its backtest. */
  cycle: (model: string, cycle: RunName, ...rest: string[]) =>
    (typeof cycle === 'number'
      ? ['models', model, 'cycles', String(cycle), ...rest]
      : ['models', model, 'backtest', ...cycle.slice(1).split('-'), ...rest]
    ).join('/'),
  backtest: (model: string, backtest: string, file: string) => `models/${model}/backtest/${backtest}/${file}`,
  /** Shared by all models: the training script, under its own sha256. */
  code: (sha256: string) => `code/${sha256}/sourcedir.tar.gz`,
  capture: (model: string) => `models/${model}/capture`,
  groundTruth: (model: string) => `models/${model}/ground-truth`,
  monitor: (model: string, id: string, file: string) => `models/${model}/monitor/${id}/${file}`,
  plan: (model: string, hash: string) => `models/${model}/plans/${hash}.json`,
  ledger: (model: string, seq: number) => `models/${model}/ledger/${String(seq).padStart(8, '0')}.json`,
} as const;

export const METRIC_NAMESPACE = 'Perennial';
export const TAG_MODEL = 'perennial:model';
export const TAG_CYCLE = 'perennial:cycle';
