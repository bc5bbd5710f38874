import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT, readState } from '../../local/home.ts';
import { processesOf } from '../../local/processes-of.ts';
import { perennial } from '../support/cli.ts';
import { until } from '../support/until.ts';

const PLAN = `
model: small
objective: Tell whether a thing is big.
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { things: { uri: things.csv, time: at } } }
prepare: { label: big, inputs: [size], split: { by: at, validation: 1 day, test: 1 day } }
train: { objective: { metric: auc, goal: maximize }, candidates: [{ algorithm: logistic-regression }] }
deploy: {}
`;

describe('perennial on a laptop cloud with a worker', function () {
  this.timeout(240_000);
  let folder: string;
  let env: Record<string, string>;
  const run = (...words: string[]) => perennial(words, env);
  const workerPid = () => readState(env.PERENNIAL_HOME ?? '')?.services.find(({ name }) => name === 'worker')?.pid ?? 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-models-'));
    env = { PERENNIAL_HOME: join(folder, 'home'), PERENNIAL_PORTS: 'any' };
    await writeFile(join(folder, 'plan.yaml'), PLAN);
    await writeFile(join(folder, 'features.sql'), 'SELECT row_id, big, size FROM things');
    const up = await run('up');
    assert.equal(up.exitCode, 0, up.stderr);
  });
  after(async () => {
    await run('down');
    assert.deepEqual(processesOf(env.PERENNIAL_HOME ?? ''), []);
    await rm(folder, { recursive: true, force: true });
  });

  it('says that it uses the laptop cloud, in a line of standard error', async () => {
    const { stdout, stderr, exitCode } = await run('status', '--json');
    assert.equal(exitCode, 0);
    assert.equal(stderr, `using the laptop cloud in ${env.PERENNIAL_HOME}`);
    assert.deepEqual(JSON.parse(stdout), []);
  });

  it('leaves the environment as it is when a person has set one', async () => {
    const { stderr, exitCode } = await perennial(['status'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Temporal does not answer at 127\.0\.0\.1:1/);
  });

  it('puts a plan in force and tells of it', async () => {
    const applied = await run('apply', folder, '--by', 'ada');
    assert.equal(applied.exitCode, 0, applied.stderr);
    assert.match(applied.stdout, /^small: plan [0-9a-f]{12} is in force/);
    const status = JSON.parse((await run('status', 'small', '--json')).stdout);
    assert.equal(status.plan.by, 'ada');
    assert.match((await run('status', 'small')).stdout, /serving +nothing yet/);
  });

  it('refuses what cannot be done now, with the mend', async () => {
    for (const [words, line] of [
      [['status', 'other'], /there is no model "other"; apply its plan first/],
      [['approve', 'small'], /no cycle of small waits for approval; /],
      [['rollback', 'small'], /nothing is deployed yet/],
      [['cancel', 'small'], /no cycle of small runs/],
      [['predict', 'small', '--data', '{}'], /small has no prediction API; deploy it first/],
    ] as const) {
      const { stderr, stdout, exitCode } = await run(...words);
      assert.equal(exitCode, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, line);
    }
  });

  it('waits for a cycle that fails, tells where and why, and exits with 3', async () => {
    const { stdout, stderr, exitCode } = await run('run', 'small', '--wait');
    assert.equal(exitCode, 3, stderr);
    assert.match(stdout, /^Cycle 1 of small: failed after .*things\.csv/);
    assert.match(stderr, /^✗ collect/m);
    const status = JSON.parse((await run('status', 'small', '--json')).stdout);
    assert.equal(status.outcomes[0].stage, 'collect');
  });

  it('sweeps, and finds nothing that a young model does not need', async () => {
    const { stdout, stderr, exitCode } = await run('sweep', '--delete');
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, 'nothing is there that nothing needs');
    assert.deepEqual(JSON.parse((await run('sweep', 'small', '--json')).stdout), {
      found: [],
      deleted: 0,
      unknown: [],
    });
  });

  it('leaves a cycle running when a person stops waiting for it, and stops it when asked', async () => {
    let asked = false;
    const silent = createServer(() => {
      asked = true;
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = silent.address() as AddressInfo;
      const slow = PLAN.replace('model: small', 'model: slow').replace(
        'things.csv',
        `http://127.0.0.1:${port}/things.csv`,
      );
      await writeFile(join(folder, 'plan.yaml'), slow);
      assert.equal((await run('apply', folder)).exitCode, 0);

      const command = { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, extendEnv: false, reject: false } as const;
      const waiting = execa('bin/perennial.mjs', ['run', 'slow', '--wait'], command);
      await until('the source to be asked for', () => asked);
      waiting.kill('SIGINT');
      const { exitCode, stderr } = await waiting;
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /cycle 1 of slow goes on without you; "perennial status slow --wait" follows it again/);
      assert.match((await run('status', 'slow')).stdout, /running +cycle 1 \(person/);

      assert.equal((await run('cancel', 'slow')).exitCode, 0);
      const { stdout } = await run('status', 'slow', '--wait');
      const status = JSON.parse((await run('status', 'slow', '--json')).stdout);
      assert.equal(status.outcomes[0].outcome, 'cancelled', stdout);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('shows a model live until a person ends it, which is no error', async () => {
    const command = { cwd: ROOT, env: { PATH: process.env.PATH, ...env }, extendEnv: false, reject: false } as const;
    const watching = execa('bin/perennial.mjs', ['status', 'small', '--watch'], command);
    let shown = '';
    watching.stdout.on('data', (piece) => {
      shown += piece;
    });
    await until('the status', () => /ledger +\d+ entries/.test(shown), 60_000);
    assert.equal((await run('pause', 'small', '--by', 'ada')).exitCode, 0);
    await until('what changed', () => /paused +by ada/.test(shown), 60_000);
    assert.equal(shown.match(/^small: /gm)?.length, 1, 'what stays the same is told once');
    assert.equal((await run('resume', 'small')).exitCode, 0);
    watching.kill('SIGINT');
    const { exitCode, stderr } = await watching;
    assert.equal(exitCode, 0, stderr);
  });

  it('goes on when its worker was killed @long', async () => {
    const killed = workerPid();
    process.kill(killed, 'SIGKILL');
    await until('another worker', () => workerPid() !== killed && workerPid() !== 0, 60_000);
    const { exitCode, stdout } = await run('status', 'small');
    assert.equal(exitCode, 0);
    assert.match(stdout, /^small: Tell whether a thing is big\./);
  });
});
