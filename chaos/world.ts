/** What there is of a model in AWS, looked at from outside and told without its name, so that two models can be held side by side. */
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListHyperParameterTuningJobsCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { Parser } from 'tar';
import type { LedgerEntry } from '../src/activities/types.ts';
import type { Clients } from '../src/aws/clients.ts';
import { readLedger, verifyLedger } from '../src/aws/ledger.ts';
import type { Store } from '../src/aws/store.ts';
import { parseS3Uri } from '../src/aws/uri.ts';

export interface World {
  /** `<kind> <name>, <status>`, sorted. */
  readonly things: readonly string[];
  /** File in an artifact → sha256, for the artifact of each cycle's chosen job. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly ledger: readonly string[];
  /** What is wrong with the ledger's chain. */
  readonly broken: readonly string[];
}

export async function worldOf(aws: Clients, store: Store, model: string): Promise<World> {
  const entries = await readLedger(store, model);
  const plain = withoutName(model);
  const objects = (await store.list(`models/${model}/`)).filter(({ uri }) => !OF_TRAFFIC.test(uri));
  const listed = [...(await list(aws, model)), ...objects.map(({ uri }) => thing('object', uri))];
  return {
    things: listed.map(({ kind, name, status }) => plain(`${kind} ${name}${status ? `, ${status}` : ''}`)).sort(),
    artifacts: await artifacts(aws, store, model, plain),
    ledger: entries.map((entry) => plain(told(entry))),
    broken: verifyLedger(entries),
  };
}

/** What a model that was retired must not have any more. */
export async function leftOf(aws: Clients, model: string): Promise<string[]> {
  const listed = await list(aws, model);
  return listed
    .filter(({ kind, status }) => ['model', 'config', 'endpoint'].includes(kind) || status === 'InProgress')
    .map(({ kind, name }) => `${model}: left after its retirement: ${kind} ${name}`);
}

/** Captures and reports of monitoring passes come as requests come. */
const OF_TRAFFIC = /\/(capture|monitor)\//;

interface Thing {
  readonly kind: string;
  readonly name?: string;
  readonly status?: string;
}

async function list({ sagemaker }: Clients, model: string): Promise<Thing[]> {
  const named = { NameContains: model, MaxResults: 100 };
  const [training, tuning, transform, models, configs, endpoints, packages] = await Promise.all([
    sagemaker.send(new ListTrainingJobsCommand(named)),
    sagemaker.send(new ListHyperParameterTuningJobsCommand(named)),
    sagemaker.send(new ListTransformJobsCommand(named)),
    sagemaker.send(new ListModelsCommand(named)),
    sagemaker.send(new ListEndpointConfigsCommand(named)),
    sagemaker.send(new ListEndpointsCommand(named)),
    sagemaker
      .send(new ListModelPackagesCommand({ ModelPackageGroupName: model, MaxResults: 100 }))
      .catch((error) => (/does not exist|could not find/i.test(error.message) ? undefined : Promise.reject(error))),
  ]);
  return [
    ...(training.TrainingJobSummaries ?? []).map((one) =>
      thing('training', one.TrainingJobName, one.TrainingJobStatus),
    ),
    ...(tuning.HyperParameterTuningJobSummaries ?? []).map((one) =>
      thing('tuning', one.HyperParameterTuningJobName, one.HyperParameterTuningJobStatus),
    ),
    ...(transform.TransformJobSummaries ?? []).map((one) =>
      thing('transform', one.TransformJobName, one.TransformJobStatus),
    ),
    ...(models.Models ?? []).map((one) => thing('model', one.ModelName)),
    ...(configs.EndpointConfigs ?? []).map((one) => thing('config', one.EndpointConfigName)),
    ...(endpoints.Endpoints ?? []).map((one) => thing('endpoint', one.EndpointName, one.EndpointStatus)),
    ...(packages?.ModelPackageSummaryList ?? []).map((one) =>
      thing('package', `version ${one.ModelPackageVersion}`, one.ModelApprovalStatus),
    ),
  ];
}

const thing = (kind: string, name?: string, status?: string): Thing => ({ kind, name, status });

/** Every model.tar.gz under the model's cycles, by what is in it: the archive itself carries times. */
async function artifacts(
  aws: Clients,
  store: Store,
  model: string,
  plain: (text: string) => string,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { uri } of await store.list(`models/${model}/cycles/`)) {
    if (!uri.endsWith('/model.tar.gz')) continue;
    const { bucket: Bucket, key: Key } = parseS3Uri(uri);
    const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    for (const [path, sha256] of await filesOf(bytes)) found[`${plain(Key)}: ${path}`] = sha256;
  }
  return found;
}

async function filesOf(archive: Uint8Array): Promise<[path: string, sha256: string][]> {
  const files: [string, string][] = [];
  const reading: Promise<void>[] = [];
  const parser = new Parser({
    onReadEntry: (entry) => {
      if (entry.type !== 'File') return void entry.resume();
      const hashed = buffer(entry as unknown as AsyncIterable<Uint8Array>).then((bytes) => {
        files.push([entry.path, createHash('sha256').update(bytes).digest('hex')]);
      });
      reading.push(hashed);
    },
  });
  parser.end(gunzipSync(archive));
  await Promise.all(reading);
  return files.sort();
}

/** What depends on clocks and traffic, and differs between two lives in peace, too. */
const OF_THE_MOMENT = new Set([
  'costUsd',
  'startedAt',
  'at',
  'since',
  'registeredAt',
  'bytes',
  'verdicts',
  'reason',
  'keyId',
  'url',
]);

const told = ({ seq, event, by, facts }: LedgerEntry): string =>
  `${seq} ${event} by ${by} ${JSON.stringify(facts, (key, value) => (OF_THE_MOMENT.has(key) ? undefined : value))}`;

/** Without what is made of the model's name: hashes of texts that hold it, and the marks of tuning's trials. */
const withoutName = (model: string) => (text: string) =>
  text
    .replaceAll(model, '<model>')
    .replace(/(-tune(?:-\d+)?-\d{3})-[0-9a-f]{8}/g, '$1')
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>');
