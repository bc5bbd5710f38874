import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorAnswer } from '../../chaos/answers.ts';
import { openWire, type Wire } from '../../chaos/wire.ts';
import { ROOT } from '../../local/home.ts';
import { readApiKey } from '../../src/aws/api.ts';
import { createCodec } from '../../src/codec/codec.ts';
import { readCodecKeys } from '../../src/codec/keys.ts';
import { connect, type Operator } from '../../src/operations/index.ts';
import { cloudLogs, histories, objects, processLogs, settings, type Told } from '../support/all-that-was-told.ts';
import { perennialHere } from '../support/cli.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';

const MODEL = 'discreet';
const OBJECTIVE = 'tell-nobody-the-objective';
const secret = (what: string): string => `${what}-${randomUUID()}`;

/** Strings that nobody but who holds them may ever read again. */
const SECRETS = {
  AWS_SECRET_ACCESS_KEY: secret('secret-key'),
  AWS_SESSION_TOKEN: secret('session-token'),
  password: secret('password'),
  signature: secret('signature'),
  codecKey: randomBytes(32).toString('base64'),
};
const { AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = SECRETS;

const planOf = (uri: string) => `
model: ${MODEL}
problem: regression
objective: ${OBJECTIVE}
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { points: { uri: "${uri}" } } }
prepare: { label: height, inputs: [x, y], split: { by: random, validation: 20%, test: 20% } }
train:
  objective: { metric: rmse, goal: minimize }
  candidates:
    - { algorithm: script, name: talker, script: code/talker.py }
    - { algorithm: gradient-boosting, name: refused }
approve: { mode: auto }
deploy: {}
`;

const TALKER = `
import os
import numpy


class Sum:
    def __init__(self, features, label):
        self.weights = numpy.linalg.lstsq(self.wide(features), label, rcond=None)[0]

    def wide(self, features):
        return numpy.column_stack([features, numpy.ones(len(features))])

    def predict(self, features):
        return self.wide(features) @ self.weights


def fit(data, hyperparameters):
    print("all that I know:", dict(os.environ))
    return Sum(data.train.features, data.train.label)
`;

const POINTS = `x,y,height\n${Array.from({ length: 500 }, (_, i) => `${(i * 7) % 50},${(i * 11) % 30},${((i * 7) % 50) + ((i * 13) % 17)}`).join('\n')}\n`;

/** As S3 words it: the request is repeated, and the token with it. */
const MISMATCH = [
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  `The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:${AWS_SESSION_TOKEN}\n'`,
].join('\n\n');

describe('secrets @long', function () {
  this.timeout(300_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let folder: string;
  let keysFile: string;
  let workerLog: string;
  let worker: ChildProcess;
  let wire: Wire;
  let source: Server;
  let leadsTo: ((port: number) => string) | undefined;
  const said: Told[] = [];

  before(async () => {
    cloud = await laptopCloud();
    folder = await mkdtemp(join(tmpdir(), 'perennial-secrets-'));
    keysFile = join(folder, 'codec.keys');
    workerLog = join(folder, 'worker.log');
    await writeFile(keysFile, `only ${SECRETS.codecKey}\n`, { mode: 0o600 });
    source = await serve();
    const mismatch = { code: 'AccessDeniedException', message: MISMATCH, status: 400 };
    wire = await openWire(cloud.env, {
      before: (call) =>
        call.operation === 'CreateTrainingJob' && call.name.endsWith('-train-2') ? errorAnswer(call, mismatch) : 'pass',
    });
    worker = await startTalkativeWorker();
    process.env.PERENNIAL_CODEC_KEYS_FILE = keysFile;
    operator = await connect({ taskQueue: cloud.config.taskQueue });
    delete process.env.PERENNIAL_CODEC_KEYS_FILE;
    await mkdir(join(folder, 'plan', 'code'), { recursive: true });
    await writeFile(join(folder, 'plan', 'features.sql'), 'SELECT row_id, height, x, y FROM points');
    await writeFile(join(folder, 'plan', 'code', 'talker.py'), TALKER);
  });
  after(async () => {
    if (worker && worker.exitCode === null) {
      const ended = once(worker, 'exit');
      worker.kill('SIGTERM');
      await ended;
    }
    await wire?.close();
    source?.close();
    await operator?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const port = (): number => (source.address() as AddressInfo).port;

  /** A source that gives rows, or sends who asks elsewhere; where that asks for a signature, it refuses and repeats it. */
  async function serve(): Promise<Server> {
    const server = createServer(({ url = '' }, response) => {
      if (url.startsWith('/denied')) response.writeHead(403).end(`<Error><Message>denied: ${url}</Message></Error>`);
      else if (leadsTo) response.writeHead(302, { location: leadsTo(port()) }).end();
      else response.writeHead(200, { 'content-type': 'text/csv' }).end(POINTS);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  const environment = () => ({
    ...wire.env,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
    PERENNIAL_CODEC_KEYS_FILE: keysFile,
  });

  /** It tells all that it ever tells, into a file. */
  async function startTalkativeWorker(): Promise<ChildProcess> {
    const log = await open(workerLog, 'w');
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src', 'worker.ts')], {
      cwd: ROOT,
      env: { ...process.env, ...environment(), PERENNIAL_LOG_LEVEL: 'trace' },
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await Promise.race([
      once(child, 'message').then(() => child.disconnect()),
      once(child, 'exit').then(() => Promise.reject(new Error(`the worker ended: see ${workerLog}`))),
    ]);
    await log.close();
    return child;
  }

  async function perennial(exitCode: number, ...words: string[]): Promise<string> {
    const ran = await perennialHere(words, environment());
    const text = `${ran.stdout}\n${ran.stderr}`;
    said.push([`words of ${words.slice(0, 2).join(' ')}`, text]);
    assert.equal(ran.exitCode, exitCode, text);
    return text;
  }

  const write = (uri: string) => writeFile(join(folder, 'plan', 'plan.yaml'), planOf(uri));
  const apply = (exitCode: number) => perennial(exitCode, 'apply', join(folder, 'plan'));

  it('in a plan are refused before anybody else sees them', async () => {
    await write(`http://ann:${SECRETS.password}@127.0.0.1:${port()}/points.csv`);
    assert.match(await apply(2), /collect\.sources\.points\.uri.*password/s);
    await write(`https://example.com/points.csv?X-Amz-Signature=${SECRETS.signature}`);
    assert.match(await apply(2), /X-Amz-Signature/);
  });

  it('that a source repeats, or AWS when it refuses them, end no cycle otherwise than without', async () => {
    await write(`http://127.0.0.1:${port()}/points.csv`);
    await apply(0);
    leadsTo = (at) => `http://ann:${SECRETS.password}@127.0.0.1:${at}/points.csv`;
    assert.match(await perennial(3, 'run', MODEL, '--wait'), /user or password/);
    leadsTo = (at) => `http://127.0.0.1:${at}/denied?X-Amz-Signature=${SECRETS.signature}`;
    assert.match(await perennial(3, 'run', MODEL, '--wait'), /403/);
    leadsTo = undefined;
    assert.match(await perennial(0, 'run', MODEL, '--wait'), /deployed/);
    await perennial(0, 'status', MODEL, '--json');
    await perennial(0, 'predict', MODEL, '--data', '{"x": 1, "y": 2}');
  });

  it('are in no history, log, object, setting or answer', async () => {
    const { api } = JSON.parse((await perennialHere(['status', MODEL, '--json'], environment())).stdout);
    const apiKey = (await readApiKey(cloud.aws, api.keyId)) ?? '';
    assert.ok(apiKey.length >= 16);
    const codec = createCodec(readCodecKeys(keysFile));
    const told: Told[] = [
      ...said,
      ['worker log', await readFile(workerLog, 'utf8')],
      ...(await histories(operator.client, MODEL, codec)),
      ...(await objects(cloud, MODEL)),
      ...(await cloudLogs(cloud, MODEL)),
      ...(await settings(cloud, MODEL)),
      ...(await processLogs(cloud)),
    ];
    const where = (word: string) => told.filter(([, text]) => text.includes(word)).map(([place]) => place);
    const kindsWith = (word: string) => [...new Set(where(word).map((place) => place.split(' ')[0]))].sort();
    // What is searched holds what is no secret; what is encrypted holds nothing.
    for (const kind of ['cloud', 'object', 'opened', 'setting', 'words', 'worker'])
      assert.ok(kindsWith(MODEL).includes(kind), `nothing was looked through of kind ${kind}`);
    assert.ok(kindsWith('all that I know').includes('cloud'), 'the script did not talk');
    assert.ok(kindsWith('signature we calculated does not match').includes('opened'), 'AWS refused nothing');
    assert.deepEqual([kindsWith(OBJECTIVE).includes('opened'), kindsWith(OBJECTIVE).includes('raw')], [true, false]);
    for (const [what, word] of Object.entries({ ...SECRETS, apiKey })) assert.deepEqual(where(word), [], what);
  });

  it('of the laptop cloud lie where its owner alone may look', async () => {
    for (const path of [cloud.cloud.logs, join(dirname(cloud.cloud.logs), 'aws'), keysFile])
      assert.equal((await stat(path)).mode & 0o077, 0, path);
  });
});
