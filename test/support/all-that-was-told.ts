/** All that a model has left anywhere, as text by place: what a search for secrets must look through. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CloudWatchLogsClient,
  type LogGroup,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { createStore } from '../../src/aws/store.ts';
import type { LaptopCloud } from './cloud.ts';
import { textOf } from './text-of.ts';

export type Told = readonly [place: string, text: string];

/** Every history of a model twice: as Temporal has it, and decrypted. */
export async function histories(client: Client, model: string, codec: PayloadCodec): Promise<Told[]> {
  const told: Told[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `Model = "${model}"` })) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    told.push([`raw history ${workflowId}`, textOf(history)]);
    told.push([`opened history ${workflowId}`, textOf(await opened(history, codec))]);
  }
  return told;
}

/** The same value with each payload in it decrypted. */
async function opened(value: unknown, codec: PayloadCodec): Promise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if ('metadata' in value && 'data' in value) return codec.decode([value as Payload]);
  return Promise.all(Object.values(value).map((inner) => opened(inner, codec)));
}

export async function objects({ aws, config }: LaptopCloud, model: string): Promise<Told[]> {
  const store = createStore(aws.s3, config.bucket);
  const found = [...(await store.list(`models/${model}/`)), ...(await store.list('code/'))];
  return Promise.all(
    found.map(async ({ key }): Promise<Told> => {
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: config.bucket, Key: key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      return [`object ${key}`, (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')];
    }),
  );
}

/** The logs of jobs, endpoints and functions, as CloudWatch keeps them. */
export async function cloudLogs({ config }: LaptopCloud, model: string): Promise<Told[]> {
  const client = new CloudWatchLogsClient({ region: config.region });
  try {
    const groups: LogGroup[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) groups.push(...logGroups);
    return await Promise.all(
      groups.map(async ({ logGroupName = '' }): Promise<Told> => {
        const ofModel = logGroupName.includes(model) ? {} : { logStreamNamePrefix: model };
        const lines: string[] = [];
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, ...ofModel }))
          lines.push(...events.map(({ message = '' }) => message));
        return [`cloud log ${logGroupName}`, lines.join('\n')];
      }),
    );
  } finally {
    client.destroy();
  }
}

/** What anybody sees who may look at jobs, models, endpoint configs and the function of the prediction API. */
export async function settings({ aws: { sagemaker, lambda } }: LaptopCloud, model: string): Promise<Told[]> {
  const mine = { NameContains: `${model}-` };
  const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand(mine));
  const { Models = [] } = await sagemaker.send(new ListModelsCommand(mine));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand(mine));
  const described = await Promise.all([
    ...TrainingJobSummaries.map((one) => sagemaker.send(new DescribeTrainingJobCommand(one as never))),
    ...Models.map((one) => sagemaker.send(new DescribeModelCommand(one as never))),
    ...EndpointConfigs.map((one) => sagemaker.send(new DescribeEndpointConfigCommand(one as never))),
    lambda.send(new GetFunctionCommand({ FunctionName: `perennial-${model}` })),
  ]);
  return described.map((one, at): Told => [`setting ${at}`, JSON.stringify(one)]);
}

/** What the processes of the laptop cloud say. */
export async function processLogs({ cloud }: LaptopCloud): Promise<Told[]> {
  const names = await readdir(cloud.logs);
  return Promise.all(
    names.map(async (name): Promise<Told> => [`process log ${name}`, await readFile(join(cloud.logs, name), 'utf8')]),
  );
}
