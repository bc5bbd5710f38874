import assert from 'node:assert/strict';
import {
  BatchGetJobsCommand,
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobCommand,
  GetJobBookmarkCommand,
  GetJobCommand,
  GetJobRunsCommand,
  GetJobsCommand,
  GetTagsCommand,
  ListJobsCommand,
  ResetJobBookmarkCommand,
  StartJobRunCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateJobCommand,
} from '@aws-sdk/client-glue';
import { checkAnswers } from '../sagemaker/answers.ts';
import { type Cloud, ROLE, startCloud } from '../sagemaker/cloud.ts';
import { type Glue, glueOf } from './glue.ts';

const SCRIPT = 's3://bench/scripts/x.py';
const shell = (over: object = {}): CreateJobCommandInput => ({
  Name: 'x',
  Role: ROLE,
  Command: { Name: 'pythonshell', PythonVersion: '3.9', ScriptLocation: SCRIPT },
  ...over,
});
const spark = (over: object = {}) => shell({ Command: { Name: 'glueetl', ScriptLocation: SCRIPT }, ...over });

/** Requests that Glue, or a laptop, refuses: what is wrong, the request, the error's name, its message. */
const WRONG: readonly (readonly [string, CreateJobCommandInput, RegExp])[] = [
  ['an unknown command', shell({ Command: { Name: 'x', ScriptLocation: SCRIPT } }), /^Command name must be one of/],
  ['no script', shell({ Command: { Name: 'pythonshell' } }), /^Script location should not be null/],
  ['a script elsewhere', shell({ Command: { Name: 'pythonshell', ScriptLocation: '/x.py' } }), /write s3:\/\/bucket/],
  ['Ray', shell({ Command: { Name: 'glueray', ScriptLocation: SCRIPT } }), /Command glueray is not supported on a lap/],
  ['a stream', shell({ Command: { Name: 'gluestreaming', ScriptLocation: SCRIPT } }), /gluestreaming is not supported/],
  ['workers of a shell', shell({ WorkerType: 'G.1X', NumberOfWorkers: 2 }), /^Worker Type is not supported/],
  ['half a DPU', shell({ MaxCapacity: 0.5 }), /must be 0\.0625 or 1, not 0\.5/],
  ['workers and capacity', spark({ MaxCapacity: 2, WorkerType: 'G.1X' }), /^Please do not set Max Capacity/],
  ['workers of no type', spark({ NumberOfWorkers: 2 }), /^Please set both/],
  ['one worker', spark({ WorkerType: 'G.1X', NumberOfWorkers: 1 }), /from 2 to 299, not 1/],
  ['Ray workers', spark({ WorkerType: 'Z.2X', NumberOfWorkers: 2 }), /Z\.2X is not supported/],
  ['an old Spark', spark({ GlueVersion: '2.0' }), /Glue version 2\.0 for Spark is not supported on a laptop/],
  ['a strange version', spark({ GlueVersion: '7.0' }), /Glue version 7\.0 is not known/],
  ['eleven retries', shell({ MaxRetries: 11 }), /from 0 to 10, not 11/],
  ['eight days', shell({ Timeout: 11_520 }), /at most 10080 minutes/],
  [
    'bookmarks',
    spark({ DefaultArguments: { '--job-bookmark-option': 'job-bookmark-enable' } }),
    /bookmark-enable in D/,
  ],
  ['Scala', spark({ DefaultArguments: { '--job-language': 'scala' } }), /--job-language scala/],
  ['settings of Spark', shell({ DefaultArguments: { '--conf': 'a=b' } }), /only supported for glueetl/],
  ['a connection', shell({ Connections: { Connections: ['db'] } }), /Connections of a job is not supported/],
  ['encryption', shell({ SecurityConfiguration: 'x' }), /SecurityConfiguration of a job is not supported/],
  ['FLEX', shell({ ExecutionClass: 'FLEX' }), /FLEX is only supported for glueetl/],
  ['an AWS tag', shell({ Tags: { 'aws:x': 'y' } }), /reserved: aws:x/],
];

describe("definitions of Glue's jobs", () => {
  let cloud: Cloud;
  let glue: Glue;
  before(async () => {
    cloud = await startCloud();
    glue = glueOf(cloud);
  });
  after(() => cloud.stop());

  for (const [what, request, message] of WRONG)
    it(`refuses ${what}`, async () => {
      await assert.rejects(glue.client.send(new CreateJobCommand(request)), {
        name: 'InvalidInputException',
        message,
      });
    });

  it('keeps what is given and adds what Glue adds', async () => {
    await glue.client.send(new CreateJobCommand(spark({ Name: 'spark', Description: 'd', GlueVersion: '4.0' })));
    const { Job } = await glue.client.send(new GetJobCommand({ JobName: 'spark' }));
    const { CreatedOn, LastModifiedOn, ...job } = Job ?? {};
    assert.ok(CreatedOn && LastModifiedOn);
    assert.deepEqual(job, {
      Name: 'spark',
      JobMode: 'SCRIPT',
      Description: 'd',
      Role: ROLE,
      ExecutionProperty: { MaxConcurrentRuns: 1 },
      Command: { Name: 'glueetl', ScriptLocation: SCRIPT, PythonVersion: '3' },
      MaxRetries: 0,
      AllocatedCapacity: 10,
      Timeout: 2880,
      MaxCapacity: 10,
      WorkerType: 'G.1X',
      NumberOfWorkers: 10,
      GlueVersion: '4.0',
    });
  });

  it('takes the same definition twice, and no other under its name', async () => {
    await glue.client.send(new CreateJobCommand(shell({ Name: 'twice' })));
    await glue.client.send(new CreateJobCommand(shell({ Name: 'twice' })));
    await assert.rejects(glue.client.send(new CreateJobCommand(shell({ Name: 'twice', MaxRetries: 1 }))), {
      name: 'IdempotentParameterMismatchException',
    });
  });

  it('replaces the whole definition by an update', async () => {
    await glue.client.send(new CreateJobCommand(shell({ Name: 'updated', Description: 'old', MaxRetries: 2 })));
    const { Name: _, ...JobUpdate } = shell({ Timeout: 5 });
    await glue.client.send(new UpdateJobCommand({ JobName: 'updated', JobUpdate }));
    const { Job } = await glue.client.send(new GetJobCommand({ JobName: 'updated' }));
    assert.deepEqual([Job?.Description, Job?.MaxRetries, Job?.Timeout], [undefined, 0, 5]);
    await assert.rejects(glue.client.send(new UpdateJobCommand({ JobName: 'none', JobUpdate })), {
      name: 'EntityNotFoundException',
    });
  });

  it('lists by page and by tag', async () => {
    await glue.client.send(new CreateJobCommand(shell({ Name: 'tagged', Tags: { team: 'a', kind: 'b' } })));
    const tagged = await glue.client.send(new ListJobsCommand({ Tags: { team: 'a' } }));
    assert.deepEqual(tagged.JobNames, ['tagged']);
    const all = (await glue.client.send(new ListJobsCommand({}))).JobNames ?? [];
    const first = await glue.client.send(new GetJobsCommand({ MaxResults: 1 }));
    const rest = await glue.client.send(new GetJobsCommand({ NextToken: first.NextToken }));
    assert.deepEqual(
      [...(first.Jobs ?? []), ...(rest.Jobs ?? [])].map((job) => job.Name),
      all,
    );
    assert.equal(rest.NextToken, undefined);
    const some = await glue.client.send(new BatchGetJobsCommand({ JobNames: ['tagged', 'none'] }));
    assert.deepEqual([some.Jobs?.map((job) => job.Name), some.JobsNotFound], [['tagged'], ['none']]);
  });

  it('tags jobs by their ARN', async () => {
    await glue.client.send(new CreateJobCommand(shell({ Name: 'labels', Tags: { a: '1' } })));
    const ResourceArn = 'arn:aws:glue:us-east-1:000000000000:job/labels';
    await glue.client.send(new TagResourceCommand({ ResourceArn, TagsToAdd: { b: '2' } }));
    await glue.client.send(new UntagResourceCommand({ ResourceArn, TagsToRemove: ['a'] }));
    assert.deepEqual((await glue.client.send(new GetTagsCommand({ ResourceArn }))).Tags, { b: '2' });
    await assert.rejects(glue.client.send(new GetTagsCommand({ ResourceArn: `${ResourceArn}-not` })), {
      name: 'EntityNotFoundException',
    });
  });

  it('deletes jobs, also those that are not there', async () => {
    await glue.client.send(new CreateJobCommand(shell({ Name: 'gone' })));
    for (const _ of [1, 2]) await glue.client.send(new DeleteJobCommand({ JobName: 'gone' }));
    const missing = { name: 'EntityNotFoundException' };
    await assert.rejects(glue.client.send(new GetJobCommand({ JobName: 'gone' })), missing);
    await assert.rejects(glue.client.send(new GetJobRunsCommand({ JobName: 'gone' })), missing);
    await assert.rejects(glue.client.send(new StartJobRunCommand({ JobName: 'gone' })), {
      ...missing,
      message: 'Failed to start job run due to missing metadata',
    });
  });

  it('has no bookmark of any job', async () => {
    for (const Command of [GetJobBookmarkCommand, ResetJobBookmarkCommand])
      await assert.rejects(glue.client.send(new Command({ JobName: 'x' }) as GetJobBookmarkCommand), {
        name: 'EntityNotFoundException',
        message: 'Continuation for job x not found',
      });
  });

  it("keeps to Glue's own model in every answer", () => checkAnswers(glue, 'glue'));
});
