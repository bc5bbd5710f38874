/** Starts training: our script in SageMaker's XGBoost image, on the snapshots that prepare left. */
import { fileURLToPath } from 'node:url';
import { scriptHyperparameters } from '../aws/image.ts';
import { submitJob } from '../aws/jobs.ts';
import { uploadSourcedir } from '../aws/sourcedir.ts';
import { cycleTags } from '../aws/tags.ts';
import { RESULT_PREFIX, ROUND_METRIC } from '../aws/training-jobs.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { candidateName } from '../plan/meaning.ts';
import { METRICS } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

const SCRIPTS = fileURLToPath(new URL('../../container', import.meta.url));

/** The script prints a line a round: `[12] validation-auc:0.66123 validation-log_loss:0.43`. */
const NUMBER = '([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)';
const METRIC_DEFINITIONS = [
  ...METRICS.map((metric) => ({ Name: `${RESULT_PREFIX}${metric}`, Regex: `validation-${metric}:${NUMBER}` })),
  { Name: ROUND_METRIC, Regex: '\\[([0-9]+)\\] validation-' },
];

export const trainActivities = ({ config, aws, store }: Deps): Pick<Activities, 'submitTraining'> => ({
  async submitTraining({ model, cycle, frozen: { plan }, job, candidate: index, prepared }) {
    const candidate = plan.train.candidates[index];
    if (!candidate)
      throw permanent(
        'InvalidRequest',
        `${job}: the plan has ${plan.train.candidates.length} candidates, there is no number ${index}`,
      );
    const sourcedir = await uploadSourcedir(store, SCRIPTS);
    const hyperparameters = scriptHyperparameters(sourcedir.uri, config.region, {
      ...candidate.hyperparameters,
      algorithm: candidate.algorithm,
      label: plan.prepare.label,
      objective_metric: plan.train.objective.metric,
      seed: plan.train.seed,
    });
    return submitJob(
      aws.sagemaker,
      { kind: 'training', name: job },
      {
        roleArn: config.jobRoleArn,
        image: config.image,
        hyperparameters,
        channels: {
          train: prepared.train.uri,
          validation: prepared.validation.uri,
          transform: prepared.transform.uri,
        },
        output: store.uri(keys.cycle(model, cycle, 'train', candidateName(candidate))),
        instance: plan.train.instance,
        maxRuntime: plan.train.instance.maxRuntime,
        metrics: METRIC_DEFINITIONS,
      },
      cycleTags(model, cycle),
    );
  },
});
