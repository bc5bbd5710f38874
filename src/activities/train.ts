/** Starts training: our script in SageMaker's XGBoost image, on what prepare left; one job, or many that are tuned. */
import { fileURLToPath } from 'node:url';
import { scriptHyperparameters } from '../aws/image.ts';
import { submitJob } from '../aws/jobs.ts';
import { uploadSourcedir } from '../aws/sourcedir.ts';
import { cycleTags } from '../aws/tags.ts';
import { RESULT_PREFIX, ROUND_METRIC, type TrainingSpec } from '../aws/training-jobs.ts';
import type { TuningSpec } from '../aws/tuning-jobs.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { candidateName, candidatesOf, maxWaitOf, scriptFolder } from '../plan/meaning.ts';
import { METRICS } from '../plan/metrics.ts';
import type { Candidate, Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { rangesOf } from './ranges.ts';
import type { FrozenPlan } from './types.ts';

const SCRIPTS = fileURLToPath(new URL('../../container', import.meta.url));

/** The script prints a line a round: `[12] validation-auc:0.66123 validation-log_loss:0.43`, and at the end `[final] …`. */
const NUMBER = '([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)';
const METRIC_DEFINITIONS = [
  ...METRICS.map((metric) => ({ Name: `${RESULT_PREFIX}${metric}`, Regex: `validation-${metric}:${NUMBER}` })),
  { Name: ROUND_METRIC, Regex: '\\[([0-9]+)\\] validation-' },
];

const STRATEGIES = { bayesian: 'Bayesian', random: 'Random', grid: 'Grid', hyperband: 'Hyperband' } as const;

type Input = Parameters<Activities['submitTraining']>[0];

export const trainActivities = (deps: Deps): Pick<Activities, 'submitTraining' | 'submitTuning'> => ({
  async submitTraining(input) {
    const { model, cycle, job } = input;
    const spec = await trainingSpec(deps, input, candidateOf(input));
    return submitJob(deps.aws.sagemaker, { kind: 'training', name: job }, spec, cycleTags(model, cycle));
  },

  async submitTuning(input) {
    const { model, cycle, job, frozen } = input;
    const candidate = candidateOf(input);
    const spec = await tuningSpec(deps, input, candidate, frozen.plan);
    return submitJob(deps.aws.sagemaker, { kind: 'tuning', name: job }, spec, cycleTags(model, cycle));
  },
});

function candidateOf({ frozen, candidate: index, job }: Input): Candidate {
  const candidates = candidatesOf(frozen.plan);
  const candidate = candidates[index];
  if (candidate) return candidate;
  throw permanent(
    'InvalidRequest',
    `${job}: the plan has ${candidates.length} candidates, there is no number ${index}`,
  );
}

async function trainingSpec({ config, store }: Deps, input: Input, candidate: Candidate): Promise<TrainingSpec> {
  const { model, cycle, frozen, prepared } = input;
  const { plan } = frozen;
  const { instance, classWeights, objective, seed } = plan.train;
  const sourcedir = await uploadSourcedir(store, SCRIPTS, ownFiles(frozen, candidate));
  const folder = store.uri(keys.cycle(model, cycle, 'train', candidateName(candidate)));
  // The jobs of a tuning job would share one folder of checkpoints: they begin again instead.
  const checkpoints = instance.spot && !candidate.tune ? `${folder}/checkpoints` : undefined;
  return {
    roleArn: config.jobRoleArn,
    image: config.image,
    hyperparameters: scriptHyperparameters(sourcedir.uri, config.region, {
      ...candidate.hyperparameters,
      algorithm: candidate.algorithm,
      label: plan.prepare.label,
      objective_metric: objective.metric,
      seed,
      ...(plan.problem === 'binary' && { threshold: JSON.stringify(plan.evaluate.threshold) }),
      ...(classWeights && { class_weights: JSON.stringify(classWeights) }),
      ...(candidate.script && { script: candidate.script }),
      ...(checkpoints && { checkpoint_dir: '/opt/ml/checkpoints' }),
    }),
    channels: {
      train: prepared.train.uri,
      validation: prepared.validation.uri,
      transform: prepared.transform.uri,
    },
    output: folder,
    instance,
    maxRuntime: instance.maxRuntime,
    ...(instance.spot && { spot: { maxWait: maxWaitOf(plan), checkpoints } }),
    metrics: METRIC_DEFINITIONS,
  };
}

async function tuningSpec(deps: Deps, input: Input, candidate: Candidate, { train }: Plan): Promise<TuningSpec> {
  const { tune } = candidate;
  if (!tune) throw permanent('InvalidRequest', `${input.job}: ${candidateName(candidate)} has nothing to tune`);
  const { metric, goal } = train.objective;
  return {
    ...(await trainingSpec(deps, input, candidate)),
    strategy: STRATEGIES[tune.strategy],
    objective: { metric: `${RESULT_PREFIX}${metric}`, goal: goal === 'maximize' ? 'Maximize' : 'Minimize' },
    ranges: rangesOf(candidate.algorithm, tune.parameters),
    jobs: tune.jobs,
    parallel: Math.min(tune.parallel, tune.jobs),
    earlyStopping: tune.earlyStopping,
    seed: train.seed,
  };
}

/** What a candidate's script brings: the files of its own folder. */
function ownFiles({ files }: FrozenPlan, { script }: Candidate): Record<string, string> {
  if (!script) return {};
  const folder = scriptFolder(script);
  const beside = (path: string) => scriptFolder(path) === folder && /\.py$|(^|\/)requirements\.txt$/.test(path);
  return Object.fromEntries(
    Object.entries(files).filter(
      ([path]) => path === script || (folder === '' ? /^requirements\.txt$/.test(path) : beside(path)),
    ),
  );
}
