/** The variables by which any client finds the laptop cloud: the SDKs' own standard ones, and Perennial's settings. */
import { resolve } from 'node:path';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const BUCKET = 'perennial-laptop';
export const JOB_ROLE = 'perennial-jobs';
export const LAMBDA_ROLE = 'perennial-lambda';

export interface Ports {
  readonly temporal: number;
  readonly ui: number;
  readonly aws: number;
  readonly sagemaker: number;
  /** Of the codec server, which runs where there are keys. */
  readonly codec: number;
  /** Of the HTTP API. */
  readonly api: number;
}

/** `temporal` is another Temporal's address when ours is not started. */
export function cloudEnv(ports: Ports, temporal?: { address: string; namespace?: string }): Record<string, string> {
  const aws = `http://127.0.0.1:${ports.aws}`;
  const sagemaker = `http://127.0.0.1:${ports.sagemaker}`;
  const ours = `127.0.0.1:${ports.temporal}`;
  return {
    AWS_ENDPOINT_URL: aws,
    AWS_ENDPOINT_URL_SAGEMAKER: sagemaker,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: sagemaker,
    // Jobs run there; the catalog is passed on to the emulator.
    AWS_ENDPOINT_URL_GLUE: sagemaker,
    AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING: sagemaker,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    TEMPORAL_ADDRESS: temporal?.address ?? ours,
    TEMPORAL_NAMESPACE: temporal?.namespace ?? 'default',
    // Tells our own Temporal's address from one that a person has set: see temporalElsewhere.
    ...(temporal ? {} : { PERENNIAL_LAPTOP_TEMPORAL: ours, PERENNIAL_TEMPORAL_UI: `http://127.0.0.1:${ports.ui}` }),
    ...keysEnv(process.env),
    PERENNIAL_BUCKET: BUCKET,
    PERENNIAL_JOB_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/${JOB_ROLE}`,
    PERENNIAL_LAMBDA_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/${LAMBDA_ROLE}`,
    // Who writes plans here is who runs the worker: plans may read what that person may.
    PERENNIAL_SOURCE_FOLDERS: '/',
    PERENNIAL_SOURCE_HOSTS: '127.0.0.1,localhost',
    PERENNIAL_API_URL: `${aws}/_aws/execute-api/{api}/{stage}`,
  };
}

/** Where the keys are that payloads are encrypted with, for processes that begin elsewhere; nothing when there are none. */
export function keysEnv({ PERENNIAL_CODEC_KEYS_FILE: path }: NodeJS.ProcessEnv): Record<string, string> {
  return path ? { PERENNIAL_CODEC_KEYS_FILE: resolve(path) } : {};
}

/** The Temporal that the environment names, unless the name came from a laptop cloud's own `env`. */
export function temporalElsewhere(env: NodeJS.ProcessEnv): { address: string; namespace?: string } | undefined {
  const address = env.TEMPORAL_ADDRESS;
  if (!address || address === env.PERENNIAL_LAPTOP_TEMPORAL) return undefined;
  return { address, namespace: env.TEMPORAL_NAMESPACE };
}

/** The environment of this process without anything that leads to a real AWS account. */
export function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS_|PERENNIAL_|MOCHA)/.test(name));
  return {
    ...Object.fromEntries(kept),
    NO_PROXY: ['127.0.0.1', 'localhost', env.NO_PROXY ?? env.no_proxy].filter(Boolean).join(','),
    PYTHONUNBUFFERED: '1',
  };
}

/** `export NAME='value'` lines, for `eval "$(perennial env)"`. */
export const exportLines = (env: Readonly<Record<string, string>>): string =>
  Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
