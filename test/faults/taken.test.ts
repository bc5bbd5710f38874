import assert from 'node:assert/strict';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { Deps } from '../../src/activities/deps.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities } from '../../src/activities/interface.ts';
import type { Prepared, Version } from '../../src/activities/types.ts';
import { laptopDeps, run } from '../support/activities.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';

const model = 'taken-rides';
const name = `${model}-1-x`;

describe('a name that is taken by somebody else', () => {
  const scope = ridesScope(ridesPlan(model));
  let deps: Deps;
  let act: Activities;

  before(async () => {
    deps = await laptopDeps();
    act = createActivities(deps);
    const { aws, config, store } = deps;
    const bare = { RoleArn: config.jobRoleArn, StoppingCondition: { MaxRuntimeInSeconds: 60 } };
    await aws.sagemaker.send(
      new CreateTrainingJobCommand({
        ...{ ...bare, TrainingJobName: name, OutputDataConfig: { S3OutputPath: store.uri('theirs') } },
        AlgorithmSpecification: { TrainingImage: config.image, TrainingInputMode: 'File' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
      }),
    );
    const container = { Image: config.image, ModelDataUrl: store.uri('theirs/model.tar.gz') };
    await aws.sagemaker.send(
      new CreateModelCommand({ ModelName: name, ExecutionRoleArn: config.jobRoleArn, PrimaryContainer: container }),
    );
    const variant = {
      VariantName: 'v1',
      ModelName: name,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    await aws.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }),
    );
  });

  const theirs = async () => {
    const { sagemaker } = deps.aws;
    const [job, made, config] = await Promise.all([
      sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
      sagemaker.send(new DescribeModelCommand({ ModelName: name })),
      sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })),
    ]);
    return [job.OutputDataConfig, job.CreationTime, made.PrimaryContainer, config.ProductionVariants];
  };

  it('is refused with a mend, and what is theirs is left as it is', async () => {
    const before = await theirs();
    const ref = await deps.store.putText(`models/${model}/x`, 'x');
    const prepared = { train: ref, validation: ref, test: ref, transform: ref } as Prepared;
    const refused = (thing: string) => ({
      type: 'NameTaken',
      nonRetryable: true,
      message: new RegExp(
        `^the ${thing} ${name} exists and is not ours: .*; delete or rename it, or give the model another name$`,
      ),
    });
    const version = { version: 1, modelName: name } as Version;
    const shape = { endpoint: name, config: name, weights: { v1: 100 } };
    const artifact = deps.store.uri('ours/model.tar.gz');
    await assert.rejects(
      run(act.submitTraining, { ...scope, job: name, candidate: 0, prepared }),
      refused('training job'),
    );
    await assert.rejects(
      run(act.createModel, { ...scope, name, artifact, algorithm: 'xgboost' }),
      refused('SageMaker model'),
    );
    await assert.rejects(
      run(act.submitEndpoint, { frozen: scope.frozen, shape, versions: [version] }),
      refused('endpoint config'),
    );
    await run(act.stopJob, { kind: 'training', name });
    await run(act.deleteModel, { name });
    await run(act.retireVersions, { model, endpoint: name, keep: [], retire: [version] });
    assert.deepEqual(await theirs(), before);
  });
});
