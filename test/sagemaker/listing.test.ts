import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  CreateEndpointConfigCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteEndpointConfigCommand,
  ListEndpointConfigsCommand,
  type ListEndpointConfigsCommandInput,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  type ListModelPackagesCommandInput,
  ListModelsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
  paginateListEndpointConfigs,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, IMAGE, startCloud } from './cloud.ts';
import { createModel, endpointConfig } from './requests.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

it('pages give each item exactly once and in order, also when items come and go in between', () => {
  const args = [`${ROOT}test/sagemaker/check_listing.py`, String(Date.now()), '1500'];
  const env = { ...process.env, PYTHONPATH: `${ROOT}local` };
  const report = JSON.parse(execFileSync(`${ROOT}.venv/bin/python`, args, { encoding: 'utf8', env }));
  assert.deepEqual(report.problems, [], `seed ${args[1]}`);
  assert.ok(report.pages > report.runs, 'every set fitted on one page');
});

describe('lists of the SageMaker server', () => {
  let cloud: Cloud;
  const names = Array.from({ length: 23 }, (_, index) => `config-${String.fromCharCode(97 + ((index * 7) % 23))}`);
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'one', { answer: 'one' });
    for (const name of names)
      await cloud.sagemaker.send(
        new CreateEndpointConfigCommand(endpointConfig(name, { v1: { model: 'one', weight: 1 } })),
      );
    for (const group of ['first', 'second']) {
      await cloud.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: group }));
      for (const approval of ['Approved', 'Rejected', 'Approved'] as const)
        await cloud.sagemaker.send(
          new CreateModelPackageCommand({
            ModelPackageGroupName: group,
            ModelApprovalStatus: approval,
            InferenceSpecification: { Containers: [{ Image: IMAGE }] },
          }),
        );
    }
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const configs = async (input: ListEndpointConfigsCommandInput, pageSize = 4) => {
    const found: string[] = [];
    for await (const page of paginateListEndpointConfigs({ client: cloud.sagemaker, pageSize }, input)) {
      assert.ok((page.EndpointConfigs ?? []).length <= pageSize);
      found.push(...(page.EndpointConfigs ?? []).map((each) => each.EndpointConfigName as string));
    }
    return found;
  };
  const versions = async (input: ListModelPackagesCommandInput) => {
    const found = await cloud.sagemaker.send(new ListModelPackagesCommand(input));
    return (found.ModelPackageSummaryList ?? []).map(
      (each) => `${each.ModelPackageGroupName}/${each.ModelPackageVersion}`,
    );
  };

  it('page through in the order that is asked for, newest first by default', async () => {
    assert.deepEqual(await configs({}), names.toReversed());
    assert.deepEqual(await configs({ SortOrder: 'Ascending' }, 7), names);
    const sorted = names.toSorted();
    assert.deepEqual(await configs({ SortBy: 'Name', SortOrder: 'Ascending' }), sorted);
    assert.deepEqual(await configs({ SortBy: 'Name' }, 23), sorted.toReversed());
    const first = await cloud.sagemaker.send(new ListEndpointConfigsCommand({}));
    assert.equal(first.EndpointConfigs?.length, 10);
  });

  it('go on behind the last item shown when it is gone', async () => {
    const query = { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 3, NameContains: 'CONFIG' } as const;
    const page = await cloud.sagemaker.send(new ListEndpointConfigsCommand(query));
    const last = page.EndpointConfigs?.at(-1)?.EndpointConfigName as string;
    await cloud.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: last }));
    const next = await cloud.sagemaker.send(new ListEndpointConfigsCommand({ ...query, NextToken: page.NextToken }));
    assert.deepEqual(
      next.EndpointConfigs?.map((each) => each.EndpointConfigName),
      names.toSorted().slice(3, 6),
    );
    await cloud.sagemaker.send(
      new CreateEndpointConfigCommand(endpointConfig(last, { v1: { model: 'one', weight: 1 } })),
    );
  });

  it('filter by time with what their own answers say', async () => {
    const all = await cloud.sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100, SortOrder: 'Ascending' }));
    const times = (all.EndpointConfigs ?? []).map((each) => each.CreationTime as Date);
    const middle = times[11] as Date;
    const from = times.filter((time) => time >= middle).length;
    const until = times.filter((time) => time < middle).length;
    assert.equal((await configs({ CreationTimeAfter: middle })).length, from);
    assert.equal((await configs({ CreationTimeBefore: middle })).length, until);
    assert.deepEqual(await configs({ CreationTimeAfter: middle, CreationTimeBefore: middle }), []);
  });

  it("refuse a token that is not theirs, and more than AWS's hundred", async () => {
    const list = (over: ListEndpointConfigsCommandInput) => cloud.sagemaker.send(new ListEndpointConfigsCommand(over));
    const { NextToken } = await list({ MaxResults: 2, SortBy: 'Name' });
    for (const bad of [{ NextToken }, { NextToken: 'x' }, { NextToken: Buffer.from('[1,2]').toString('base64') }])
      await assert.rejects(list(bad), { name: 'ValidationException', message: /^Invalid NextToken/ });
    await assert.rejects(list({ MaxResults: 101 }), {
      name: 'ValidationException',
      message: /less than or equal to 100/,
    });
    await assert.rejects(list({ MaxResults: 0 }), {
      name: 'ValidationException',
      message: /greater than or equal to 1/,
    });
    await assert.rejects(list({ SortBy: 'Size' as 'Name' }), {
      name: 'ValidationException',
      message: /enum value set/,
    });
  });

  it('of packages know group, approval and kind', async () => {
    assert.deepEqual(await versions({ ModelPackageGroupName: 'first' }), ['first/1', 'first/2', 'first/3']);
    assert.deepEqual(await versions({ ModelPackageGroupName: 'second', ModelApprovalStatus: 'Approved' }), [
      'second/1',
      'second/3',
    ]);
    assert.deepEqual(await versions({ ModelPackageType: 'Versioned', ModelApprovalStatus: 'Rejected' }), [
      'first/2',
      'second/2',
    ]);
    assert.equal((await versions({ ModelPackageType: 'Both' })).length, 6);
    // Every package here is a version of a group.
    assert.deepEqual(await versions({}), []);
    assert.deepEqual(
      await versions({ SortBy: 'Name', SortOrder: 'Descending', ModelPackageType: 'Both', MaxResults: 4 }),
      ['second/3', 'second/2', 'second/1', 'first/3'],
    );
    const groups = await cloud.sagemaker.send(
      new ListModelPackageGroupsCommand({ CrossAccountFilterOption: 'CrossAccount' }),
    );
    assert.deepEqual(groups.ModelPackageGroupSummaryList, []);
  });

  it('take every filter that the service knows', async () => {
    const time = new Date(0);
    const created = { CreationTimeAfter: time, CreationTimeBefore: new Date(), NameContains: 'a', MaxResults: 1 };
    const job = {
      ...created,
      LastModifiedTimeAfter: time,
      LastModifiedTimeBefore: new Date(),
      SortBy: 'Status',
    } as const;
    const plan = 'arn:aws:sagemaker:us-east-1:000000000000:training-plan/none';
    const training = await cloud.sagemaker.send(
      new ListTrainingJobsCommand({
        ...job,
        StatusEquals: 'Failed',
        WarmPoolStatusEquals: 'InUse',
        TrainingPlanArnEquals: plan,
      }),
    );
    assert.deepEqual(training.TrainingJobSummaries, []);
    const transform = await cloud.sagemaker.send(new ListTransformJobsCommand({ ...job, StatusEquals: 'Failed' }));
    assert.deepEqual(transform.TransformJobSummaries, []);
    const models = await cloud.sagemaker.send(
      new ListModelsCommand({ ...created, NameContains: 'ON', SortBy: 'Name' }),
    );
    assert.deepEqual(
      models.Models?.map((each) => each.ModelName),
      ['one'],
    );
  });
});
