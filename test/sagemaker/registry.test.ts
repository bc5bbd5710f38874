import assert from 'node:assert/strict';
import {
  AddTagsCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DeleteTagsCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListEndpointConfigsCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
  ListTagsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, IMAGE, ROLE, startCloud } from './cloud.ts';
import { createModel, endpointConfig } from './requests.ts';

describe('the registry on the SageMaker server', () => {
  let cloud: Cloud;
  let artifact: string;
  before(async () => {
    cloud = await startCloud();
    artifact = await cloud.artifact('registered', { answer: 'registered' });
    await createModel(cloud, 'one', { answer: 'one' });
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const createPackage = async (over = {}) => {
    const made = await cloud.sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'flights',
        InferenceSpecification: {
          Containers: [{ Image: IMAGE, ModelDataUrl: artifact, Environment: { MINE: 'package' } }],
          SupportedContentTypes: ['application/json'],
          SupportedResponseMIMETypes: ['application/json'],
        },
        CustomerMetadataProperties: { cycle: '7', planHash: 'abc' },
        ...over,
      }),
    );
    return made.ModelPackageArn as string;
  };

  it('numbers the versions of a group from 1, and gives them by ARN', async () => {
    const group = new CreateModelPackageGroupCommand({
      ModelPackageGroupName: 'flights',
      ModelPackageGroupDescription: 'd',
    });
    const { ModelPackageGroupArn } = await cloud.sagemaker.send(group);
    assert.equal(ModelPackageGroupArn, 'arn:aws:sagemaker:us-east-1:000000000000:model-package-group/flights');
    const arn = await createPackage();
    assert.equal(arn, 'arn:aws:sagemaker:us-east-1:000000000000:model-package/flights/1');
    assert.equal(await createPackage({ ModelApprovalStatus: 'Approved' }), arn.replace(/1$/, '2'));
    const found = await cloud.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    assert.equal(found.ModelPackageVersion, 1);
    assert.equal(found.ModelPackageGroupName, 'flights');
    assert.equal(found.ModelPackageStatus, 'Completed');
    assert.equal(found.ModelApprovalStatus, 'PendingManualApproval');
    assert.equal(found.InferenceSpecification?.Containers?.[0]?.ModelDataUrl, artifact);
    await assert.rejects(cloud.sagemaker.send(group), { name: 'ValidationException', message: /already exists/ });
  });

  it('creates one version for the same client token', async () => {
    const token = 'token-of-a-request-sent-twice';
    assert.equal(await createPackage({ ClientToken: token }), await createPackage({ ClientToken: token }));
  });

  it('keeps approval, its description and metadata as they are updated', async () => {
    const arn = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/flights/1';
    await cloud.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'by Ann',
        CustomerMetadataProperties: { approver: 'Ann' },
        CustomerMetadataPropertiesToRemove: ['cycle'],
      }),
    );
    const found = await cloud.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    assert.equal(found.ModelApprovalStatus, 'Approved');
    assert.equal(found.ApprovalDescription, 'by Ann');
    assert.deepEqual(found.CustomerMetadataProperties, { planHash: 'abc', approver: 'Ann' });
  });

  it('lists versions by group and approval', async () => {
    const list = async (over = {}) => {
      const command = new ListModelPackagesCommand({
        ModelPackageGroupName: 'flights',
        SortOrder: 'Ascending',
        ...over,
      });
      const { ModelPackageSummaryList } = await cloud.sagemaker.send(command);
      return ModelPackageSummaryList?.map((each) => each.ModelPackageVersion);
    };
    assert.deepEqual(await list(), [1, 2, 3]);
    assert.deepEqual(await list({ ModelApprovalStatus: 'Approved' }), [1, 2]);
    const groups = await cloud.sagemaker.send(new ListModelPackageGroupsCommand({ NameContains: 'flig' }));
    assert.equal(groups.ModelPackageGroupSummaryList?.length, 1);
  });

  it('makes a model of a package', async () => {
    const name = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/flights/2';
    const create = (ModelName: string, ModelPackageName: string) =>
      cloud.sagemaker.send(
        new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer: { ModelPackageName } }),
      );
    await create('from-package', name);
    const found = await cloud.sagemaker.send(new DescribeModelCommand({ ModelName: 'from-package' }));
    assert.equal(found.PrimaryContainer?.ModelPackageName, name);
    await assert.rejects(create('other', name.replace(/2$/, '9')), {
      name: 'ValidationException',
      message: /does not exist\.$/,
    });
  });

  it('deletes a group only when it is empty, and never gives a version number twice', async () => {
    const remove = () => cloud.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'flights' }));
    await assert.rejects(remove(), { name: 'ConflictException' });
    const base = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/flights';
    await cloud.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: `${base}/3` }));
    assert.equal(await createPackage(), `${base}/4`);
    for (const version of [1, 2, 4])
      await cloud.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: `${base}/${version}` }));
    await remove();
    await assert.rejects(
      cloud.sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'flights' })),
      { name: 'ValidationException', message: /does not exist\.$/ },
    );
  });

  it('keeps tags by ARN', async () => {
    const { ModelArn } = await cloud.sagemaker.send(new DescribeModelCommand({ ModelName: 'one' }));
    const tags = async () => (await cloud.sagemaker.send(new ListTagsCommand({ ResourceArn: ModelArn }))).Tags;
    assert.deepEqual(await tags(), []);
    const Tags = [
      { Key: 'perennial:model', Value: 'flights' },
      { Key: 'ключ', Value: 'größe' },
    ];
    await cloud.sagemaker.send(new AddTagsCommand({ ResourceArn: ModelArn, Tags }));
    await cloud.sagemaker.send(new AddTagsCommand({ ResourceArn: ModelArn, Tags: [{ Key: 'ключ', Value: 'new' }] }));
    assert.deepEqual(await tags(), [Tags[0], { Key: 'ключ', Value: 'new' }]);
    await cloud.sagemaker.send(new DeleteTagsCommand({ ResourceArn: ModelArn, TagKeys: ['ключ'] }));
    assert.deepEqual(await tags(), [Tags[0]]);
    await assert.rejects(cloud.sagemaker.send(new ListTagsCommand({ ResourceArn: `${ModelArn}x` })), {
      name: 'ValidationException',
    });
  });

  it('keeps endpoint configs as they were given', async () => {
    const config = endpointConfig('config', { v1: { model: 'one', weight: 3 } });
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(config));
    const found = await cloud.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'config' }));
    assert.deepEqual(found.ProductionVariants, config.ProductionVariants);
    await assert.rejects(cloud.sagemaker.send(new CreateEndpointConfigCommand(config)), {
      name: 'ValidationException',
      message: /^Cannot create already existing endpoint configuration "arn:.*:endpoint-config\/config"\.$/,
    });
    const listed = await cloud.sagemaker.send(new ListEndpointConfigsCommand({}));
    assert.deepEqual(
      listed.EndpointConfigs?.map((each) => each.EndpointConfigName),
      ['config'],
    );
    assert.equal((await cloud.sagemaker.send(new ListModelsCommand({ SortBy: 'Name' }))).Models?.length, 2);
  });
});
