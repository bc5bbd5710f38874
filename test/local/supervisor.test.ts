import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { execa } from 'execa';
import { type CloudState, readState } from '../../local/home.ts';
import { identity } from '../../local/processes.ts';
import { processesOf } from '../../local/processes-of.ts';
import { perennial } from '../support/cli.ts';
import { readPrinted } from '../support/printed.ts';
import { until } from '../support/until.ts';

const clientOptions = (env: Readonly<Record<string, string>>) => ({
  endpoint: env.AWS_ENDPOINT_URL,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

describe('perennial up', function () {
  this.timeout(300_000);
  let home: string;
  let env: Record<string, string>;

  const up = () => perennial(['up', '--no-worker', '--json'], env);
  const running = (): CloudState => {
    const state = readState(home);
    assert.ok(state, 'a laptop cloud runs');
    return state;
  };
  const s3 = () => new S3Client({ ...clientOptions(running().env), forcePathStyle: true });
  const sns = () => new SNSClient(clientOptions(running().env));
  const object = { Bucket: 'perennial-laptop', Key: 'kept.txt' };
  const noneLeft = () =>
    until('no process to be left', () => processesOf(home).length === 0 || undefined).catch(() =>
      assert.deepEqual(processesOf(home), []),
    );

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'perennial-up-'));
    env = { PERENNIAL_HOME: home, PERENNIAL_PORTS: 'any' };
  });
  afterEach(async () => {
    await perennial(['down'], env);
    await noneLeft();
    await rm(home, { recursive: true, force: true });
  });

  it('comes back when all is healthy, says so when asked again, and is gone after down', async () => {
    const first = await up();
    assert.equal(first.exitCode, 0, first.stderr);
    const { pid, services, env: given } = readPrinted<CloudState>('up', first);
    readPrinted('env', await perennial(['env', '--json'], env));
    assert.deepEqual(
      services.map(({ name }) => name),
      ['api', 'sagemaker', 'aws', 'temporal'],
    );
    for (const file of ['state.json', 'api-token', 'api-tokens'])
      assert.equal((await stat(join(home, file))).mode & 0o777, 0o600);
    const token = (await readFile(given.PERENNIAL_API_TOKEN_FILE ?? '', 'utf8')).trim();
    const models = `${given.PERENNIAL_API}/v1/models`;
    assert.equal((await fetch(models)).status, 401);
    const answered = await fetch(models, { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual(await answered.json(), { items: [] });
    const none = await fetch(`${models}/none/history`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(none.status, 404, 'it knows where models leave what they did');

    const second = await perennial(['up', '--no-worker'], env);
    assert.equal(second.exitCode, 0);
    assert.match(second.stdout, /running already/);
    assert.equal(running().pid, pid);

    const down = await perennial(['down', '--json'], env);
    assert.equal(down.exitCode, 0);
    assert.equal(readPrinted<{ stopped: boolean }>('down', down).stopped, true);
    assert.deepEqual(processesOf(home), []);
    assert.equal((await perennial(['down'], env)).exitCode, 0);
  });

  it('starts once when it is asked for twice at the same time @long', async () => {
    const [one, other] = await Promise.all([up(), up()]);
    assert.deepEqual([one.exitCode, other.exitCode], [0, 0], one.stderr + other.stderr);
    assert.equal(JSON.parse(one.stdout).pid, JSON.parse(other.stdout).pid);
  });

  it('gives shells an environment that leads any AWS client to it', async () => {
    await up();
    const { stdout } = await perennial(['env'], env);
    const script = `${stdout}\nprintf '%s %s %s' "$AWS_ENDPOINT_URL" "$TEMPORAL_ADDRESS" "$PERENNIAL_API_URL"`;
    const shell = await execa('sh', ['-c', script], { env: {}, extendEnv: false });
    const { AWS_ENDPOINT_URL, TEMPORAL_ADDRESS, PERENNIAL_API_URL } = running().env;
    assert.equal(shell.stdout, `${AWS_ENDPOINT_URL} ${TEMPORAL_ADDRESS} ${PERENNIAL_API_URL}`);
    assert.match(AWS_ENDPOINT_URL ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('leaves nothing running when its supervisor is killed, and starts again at the same addresses with what was stored', async () => {
    await up();
    await s3().send(new PutObjectCommand({ ...object, Body: 'kept' }));
    const before = running();
    process.kill(before.pid, 'SIGKILL');
    await noneLeft();
    assert.equal((await perennial(['env'], env)).exitCode, 2);

    const again = await up();
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual(running().env, before.env);
    assert.equal((await s3().send(new HeadObjectCommand(object))).ContentLength, 4);
  });

  it('starts a part that crashed again at the same address, with its state', async () => {
    await up();
    const { TopicArn } = await sns().send(new CreateTopicCommand({ Name: 'kept' }));
    const pidOf = (name: string) => running().services.find((service) => service.name === name)?.pid ?? 0;
    const crashed = pidOf('aws');
    process.kill(crashed, 'SIGKILL');

    await until('another process', () => pidOf('aws') !== crashed || undefined);
    const topics = await until('AWS to answer', () =>
      sns()
        .send(new ListTopicsCommand({}))
        .catch(() => undefined),
    );
    assert.deepEqual(topics.Topics, [{ TopicArn }]);
  });

  it('stops all of it, when asked by signal, also while it starts', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const starting = up();
      const state = await until('a supervisor that starts something', () => {
        const found = readState(home);
        return found && found.services.length > 0 ? found : undefined;
      });
      process.kill(state.pid, signal);
      assert.equal((await starting).exitCode, 2);
      await noneLeft();
    }
  });

  it('says so at once when the Temporal that is named cannot be reached, and leaves nothing running', async () => {
    const { stderr, exitCode } = await perennial(['up', '--no-worker'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(exitCode, 2);
    assert.match(stderr, /TEMPORAL_ADDRESS is 127\.0\.0\.1:1, and it cannot be reached .*; start it, or unset/);
    await noneLeft();
  });

  it('starts its own Temporal when the address in the environment is what `env` once printed @long', async () => {
    const gone = { TEMPORAL_ADDRESS: '127.0.0.1:1', PERENNIAL_LAPTOP_TEMPORAL: '127.0.0.1:1' };
    const { stderr, exitCode } = await perennial(['up', '--no-worker'], { ...env, ...gone });
    assert.equal(exitCode, 0, stderr);
    assert.ok(running().ui);
  });

  it('takes no notice of a state file that a reboot has left @long', async () => {
    const stale = { status: 'running', pid: process.pid, identity: 'another boot/1', since: '', services: [], env: {} };
    await writeFile(join(home, 'state.json'), JSON.stringify(stale));
    const { stderr, exitCode } = await perennial(['env'], env);
    assert.equal(exitCode, 2);
    assert.match(stderr, /no laptop cloud is running/);
    assert.equal((await up()).exitCode, 0);
    assert.notEqual(running().pid, process.pid);
    assert.equal(identity(running().pid), running().identity);
  });
});
