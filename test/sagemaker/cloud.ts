/** ministack and our SageMaker server on free ports, for the tests of one file; every answer is kept to be checked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, GetLogEventsCommand, paginateDescribeLogStreams } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { freePort } from '../../local/ports.ts';
import { pack, until } from './helpers.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const PYTHON = join(ROOT, '.venv/bin/python');
export const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/fixture:1';
export const ROLE = 'arn:aws:iam::000000000000:role/jobs';
export const BUCKET = 'bench';

export type Cloud = Awaited<ReturnType<typeof startCloud>>;

/** Starts both; `flags` go to the SageMaker server. */
export async function startCloud(flags: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'sagemaker-'));
  const [awsPort, port] = [await freePort(0), await freePort(0)];
  const aws = `http://127.0.0.1:${awsPort}`;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: aws,
    AWS_EC2_METADATA_DISABLED: 'true',
    PYTHONPATH: join(ROOT, 'local'),
  };
  const ministack = spawn(PYTHON, ['-m', 'aws_emulator'], {
    env: { ...env, GATEWAY_PORT: String(awsPort), BIND_HOST: '127.0.0.1', TMPDIR: folder, LOG_LEVEL: 'WARNING' },
    cwd: folder,
    stdio: 'ignore',
  });
  endWithUs(ministack);
  await until('ministack serves', async () => (await fetch(`${aws}/_ministack/health`)).ok);

  const image = `fixture=${PYTHON} ${join(ROOT, 'test/sagemaker/fixtures/container.py')}`;
  const quick = ['--metric-period', '0.3', '--log-period', '0.1', '--capture-period', '0.3', '--startup-timeout', '20'];
  const said: string[] = [];
  let server: ChildProcess;
  const start = async (more: readonly string[] = []) => {
    const args = ['--port', String(port), '--state', join(folder, 'state'), '--image', image, '--stop-grace', '1'];
    server = spawn(PYTHON, ['-m', 'sagemaker_server', ...args, ...quick, ...flags, ...more], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithUs(server);
    server.stderr?.on('data', (data) => said.push(String(data)));
    await until(
      'the server serves, or ended',
      async () => server.exitCode !== null || (await fetch(`${url}/health`)).ok,
    );
    if (server.exitCode !== null) throw new Error(`the server ended at its start: ${said.join('')}`);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  await start();

  const options = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const sagemaker = new SageMakerClient({ ...options, endpoint: url, maxAttempts: 1 });
  const answers = join(folder, 'answers.jsonl');
  sagemaker.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { $metadata: _, ...output } = result.output as { $metadata: unknown };
      appendFileSync(answers, `${JSON.stringify({ operation: context.commandName, output: plain(output) })}\n`);
      return result;
    },
    { step: 'initialize', name: 'keepAnswers' },
  );
  const s3 = new S3Client({ ...options, endpoint: aws, forcePathStyle: true });
  const logs = new CloudWatchLogsClient({ ...options, endpoint: aws });
  const cloud = {
    url,
    aws,
    folder,
    answers,
    said,
    sagemaker,
    runtime: new SageMakerRuntimeClient({ ...options, endpoint: url, maxAttempts: 1 }),
    cloudWatch: new CloudWatchClient({ ...options, endpoint: aws }),
    s3,
    start,
    end,
    serverPid: () => server.pid as number,
    async put(key: string, body: string | Uint8Array, type?: string) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, ContentType: type }));
      return `s3://${BUCKET}/${key}`;
    },
    async get(key: string) {
      const found = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
      return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
    },
    async keys(prefix: string) {
      const found = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: prefix }));
      return (found.Contents ?? []).map((each) => each.Key as string);
    },
    /** A model.tar.gz for the fixture's server. */
    async artifact(name: string, model: Record<string, unknown>) {
      return cloud.put(`models/${name}/model.tar.gz`, await pack({ 'model.json': JSON.stringify(model) }));
    },
    /** All lines of a log group whose streams begin with `prefix`. */
    async lines(logGroupName: string, prefix = '') {
      const lines: string[] = [];
      for await (const page of paginateDescribeLogStreams(
        { client: logs },
        { logGroupName, logStreamNamePrefix: prefix },
      ))
        for (const { logStreamName } of page.logStreams ?? []) {
          const found = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }));
          lines.push(...(found.events ?? []).map((event) => event.message ?? ''));
        }
      return lines;
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) await end('SIGTERM');
      const ended = once(ministack, 'exit');
      ministack.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
    recorded: () => readFileSync(answers, 'utf8'),
  };
  await fetch(`${aws}/${BUCKET}`, { method: 'PUT' });
  return cloud;
}

/** A test that fails half-way must neither hang for its children nor leave them behind. */
function endWithUs(child: ChildProcess): void {
  child.unref();
  (child.stderr as Socket | null)?.unref();
  process.once('exit', () => child.kill('SIGKILL'));
}

/** The answer as JSON, with instants marked so that the check can tell them from texts. */
export function plain(value: unknown): unknown {
  if (value instanceof Date) return { $instant: value.getTime() / 1000 };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
