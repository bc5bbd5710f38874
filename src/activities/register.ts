/** Gives an approved model a version in SageMaker's registry. */
import { servingEnvironment } from '../aws/image.ts';
import { transformInstance } from '../aws/instances.ts';
import { ensurePackage } from '../aws/registry.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

export const registerActivities = ({ config, aws }: Deps): Pick<Activities, 'registerVersion'> => ({
  async registerVersion(input) {
    const { model, cycle, asOf, frozen, modelName, trained, prepared, evaluation, approvedBy, reason } = input;
    const { plan, hash: planHash } = frozen;
    const registered = await ensurePackage(aws.sagemaker, {
      model,
      cycle,
      description: `${trained.candidate} (${trained.algorithm}) as of ${asOf}. ${plan.objective}`,
      approval: `${approvedBy}${reason ? `: ${reason}` : ''}`,
      image: config.image,
      artifact: trained.output,
      environment: servingEnvironment(config.region),
      instance: plan.deploy.instance.type,
      transformInstance: transformInstance(plan.train.instance, plan.deploy.instance).type,
      evaluation: evaluation.details,
      facts: {
        planHash,
        asOf,
        algorithm: trained.algorithm,
        trainingJob: trained.best?.job ?? trained.name,
        modelSha256: evaluation.facts.sha256,
        trainData: prepared.train.sha256,
        testData: prepared.test.sha256,
        transform: prepared.transform.sha256,
        approvedBy,
      },
    });
    return {
      version: registered.version,
      packageArn: registered.arn,
      modelName,
      artifact: trained.output,
      cycle,
      planHash,
      algorithm: trained.algorithm,
      facts: evaluation.facts,
      baseline: prepared.baseline,
      predictions: evaluation.predictions,
      evaluation: evaluation.details,
      registeredAt: registered.registeredAt,
    };
  },
});
