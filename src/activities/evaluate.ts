/** Makes a model servable and has it score the test part through the serving container. Judging is in judge.ts. */
import { servingEnvironment } from '../aws/image.ts';
import { transformInstance } from '../aws/instances.ts';
import { submitJob } from '../aws/jobs.ts';
import { deleteModel, ensureModel } from '../aws/models.ts';
import { isReferredTo } from '../aws/referred.ts';
import { cycleTags } from '../aws/tags.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

type Evaluate = Pick<Activities, 'createModel' | 'deleteModel' | 'submitTransform'>;

export const evaluateActivities = ({ config, aws, store, log }: Deps): Evaluate => ({
  async createModel({ model, cycle, name, artifact }) {
    const spec = {
      name,
      artifact,
      roleArn: config.jobRoleArn,
      image: config.image,
      environment: servingEnvironment(config.region),
    };
    await ensureModel(aws.sagemaker, spec, cycleTags(model, cycle));
    return { modelName: name };
  },

  async deleteModel({ name }) {
    const deleted = await deleteModel(aws.sagemaker, name, (model) => isReferredTo(aws.sagemaker, model, name));
    log.info({ name, deleted }, deleted ? 'deleted the SageMaker model' : 'absent, needed or not ours: left as it is');
  },

  submitTransform({ model, cycle, frozen: { plan }, job, modelName, input }) {
    return submitJob(
      aws.sagemaker,
      { kind: 'transform', name: job },
      {
        modelName,
        input: input.uri,
        output: store.uri(keys.cycle(model, cycle, 'evaluate', modelName)),
        instance: transformInstance(plan.train.instance, plan.deploy.instance),
      },
      cycleTags(model, cycle),
    );
  },
});
