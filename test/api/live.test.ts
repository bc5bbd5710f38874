/** The API on a Temporal server, with real workflows and fake activities. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { pino } from 'pino';
import type { Printed } from '../../scripts/cli-schema.ts';
import { createApp } from '../../src/api/app.ts';
import { readsOn } from '../../src/api/reads.ts';
import type { Api } from '../../src/api/types.ts';
import { diffShape } from '../../src/operations/diff.ts';
import * as verbs from '../../src/operations/index.ts';
import { cycleDetails, modelStatus } from '../../src/operations/shapes/index.ts';
import type { Operator } from '../../src/operations/types.ts';
import { perennialHere } from '../support/cli.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { readPrinted } from '../support/printed.ts';
import { until } from '../support/until.ts';
import { devServer, withWorker, workflowBundle } from '../workflows/theatre.ts';
import { type Asked, ask, PEOPLE, problemOf } from './support.ts';

const asks = {
  predict: async () => assert.fail('nothing serves'),
  tellLabels: async () => assert.fail('nothing serves'),
};

const reads = readsOn(() => assert.fail('nothing is read'));

/** An API process: it shares nothing with another one but Temporal. */
const apiOn = (operator: Operator): Promise<Api> =>
  createApp(
    { operator, verbs, asks, reads, authenticate: async (token) => PEOPLE[token], log: pino({ level: 'silent' }) },
    { version: '0' },
  );

const plan = (model: string, approve: string) => `
model: ${model}
objective: Tell whether x is large.
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { rows: { uri: s3://bucket/rows.parquet } } }
prepare: { features: features.sql, label: y, inputs: [x], split: { by: random, validation: 10%, test: 10% } }
train: { objective: { metric: auc, goal: maximize }, candidates: [{ algorithm: logistic-regression }] }
approve: { mode: ${approve} }
deploy: { rollout: { steps: [50, 100], bake: 0s, probation: 0s } }
retrain: { debounce: 0s }
`;
const filesOf = (model: string, approve = 'auto') => ({
  files: { 'plan.yaml': plan(model, approve), 'features.sql': 'SELECT row_id, y, x FROM rows' },
});

describe('the API on a Temporal server', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('takes a model from its plan to a decision, a version, a monitor, a rollback and its end', async () => {
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      const api = await apiOn(operator);
      const of = '/v1/models/story';
      const done = async (method: string, path: string, asked: Asked, status: number) => {
        const answer = await ask(api, method, `${of}${path}`, asked);
        assert.equal(answer.status, status, answer.text);
        return answer.body;
      };
      const status = async () => modelStatus.parse(await done('GET', '', { as: 'vera' }, 200));

      problemOf(await ask(api, 'GET', of, { as: 'vera' }), 404);
      const differs = async (approve: string) => {
        const body = filesOf('story', approve);
        return diffShape.parse(await done('POST', '/plan/diff', { as: 'vera', body }, 200));
      };
      assert.equal((await differs('manual')).isNew, true);
      modelStatus.parse(await done('PUT', '/plan', { as: 'oleg', body: filesOf('story', 'manual') }, 200));
      assert.deepEqual((await differs('manual')).differs, false);
      const [change] = (await differs('auto')).changes;
      assert.deepEqual([change?.path, change?.old, change?.new], ['approve.mode', 'manual', 'auto']);
      await done('POST', '/cycles', { as: 'oleg', body: { reason: 'the first' } }, 202);
      const { approval } = await until('an evaluation', async () => {
        const told = await status();
        return told.approval && told;
      });
      const running = cycleDetails.parse(await done('GET', '/cycles/1', { as: 'vera' }, 200));
      assert.equal(running.state, 'running');
      const wrong = { decision: 'approve', evaluation: 'another' };
      problemOf(await ask(api, 'POST', `${of}/cycles/1/decision`, { as: 'anna', body: wrong }), 409);
      await done(
        'POST',
        '/cycles/1/decision',
        { as: 'anna', body: { ...wrong, evaluation: approval?.evaluation } },
        200,
      );
      await until('a version', async () => (await status()).champion?.version === 1);

      await done('POST', '/cycles', { as: 'oleg', body: {} }, 202);
      const second = await until('an evaluation', async () => (await status()).approval);
      const body = { decision: 'approve', evaluation: second.evaluation };
      await done('POST', '/cycles/2/decision', { as: 'anna', body }, 200);
      await until(
        'the second version',
        async () => (await status()).champion?.version === 2 && !(await status()).current,
      );
      const ended = cycleDetails.parse(await done('GET', '/cycles/1', { as: 'vera' }, 200));
      assert.equal(ended.outcome?.outcome, 'deployed');
      assert.equal(ended.progress?.stages.length, 7);
      problemOf(await ask(api, 'GET', `${of}/cycles/99`, { as: 'vera' }), 404);
      problemOf(await ask(api, 'POST', `${of}/rollout/abort`, { as: 'anna', body: {} }), 409);

      const { report } = await done('POST', '/monitor', { as: 'oleg', body: {} }, 200);
      assert.equal((report as { version: number }).version, 2);
      assert.deepEqual(await done('POST', '/rollback', { as: 'anna', body: {} }, 202), {
        label: 'rollback-1',
        from: 2,
        to: 1,
      });
      await until('the way back', async () => (await status()).lastRollback?.outcome === 'deployed');
      await done('POST', '/retire', { as: 'anna', body: { confirm: 'story', reason: 'enough' } }, 202);
      await until('the end', async () => world.ledger.some(({ event }) => event === 'retirement asked'));

      const said = world.ledger.map(({ event, by }) => `${event} ${by}`);
      for (const line of ['cycle wished oleg', 'approved anna', 'rollback asked anna', 'retirement asked anna'])
        assert.ok(said.includes(line), said.join('\n'));
    });
  });

  it('does once and answers alike what is asked again with its key, also of another process', async () => {
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      const [one, two] = [await apiOn(operator), await apiOn(operator)];
      const of = '/v1/models/keyed';
      await ask(one, 'PUT', `${of}/plan`, { as: 'oleg', body: filesOf('keyed', 'manual') });
      const headers = { 'idempotency-key': 'nightly-17' };
      const wish = { as: 'oleg', body: { reason: 'nightly' }, headers } as const;
      const together = await Promise.all([one, two].map((api) => ask(api, 'POST', `${of}/cycles`, wish)));
      const later = await ask(await apiOn(operator), 'POST', `${of}/cycles`, wish);
      for (const { status, body, headers: got } of [...together, later]) {
        assert.equal(status, 202);
        assert.deepEqual(body, together[0]?.body);
        assert.equal(got.location, `${of}/cycles/1`);
      }
      assert.equal(later.headers['idempotency-replayed'], 'true');
      assert.equal((await verbs.status(operator, { model: 'keyed' })).cycles, 1);

      const other = await ask(one, 'POST', `${of}/cycles`, { ...wish, body: { reason: 'another' } });
      assert.match(problemOf(other, 422).detail, /came with another request/);
      problemOf(await ask(one, 'POST', `${of}/pause`, { as: 'oleg', body: {}, headers }), 422);
      const hers = await ask(one, 'POST', `${of}/cycles`, { ...wish, as: 'anna' });
      assert.equal(hers.body.cycle, 2, 'a key is its owner’s only');
      for (const key of ['', 'with space', 'x'.repeat(201)])
        problemOf(
          await ask(one, 'POST', `${of}/pause`, { as: 'oleg', body: {}, headers: { 'idempotency-key': key } }),
          400,
        );
    });
  });

  it('asks for a thing once though the process died between its effect and its answer', async () => {
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      const dying = { ...verbs, answerRequest: async () => assert.fail('it died') };
      const log = pino({ level: 'silent' });
      const dead = await createApp(
        { operator, verbs: dying, asks, reads, authenticate: async (token) => PEOPLE[token], log },
        { version: '0' },
      );
      await ask(dead, 'PUT', '/v1/models/died/plan', { as: 'oleg', body: filesOf('died', 'manual') });
      const wish = { as: 'oleg', body: {}, headers: { 'idempotency-key': 'k' } } as const;
      const first = await ask(dead, 'POST', '/v1/models/died/cycles', wish);
      const second = await ask(await apiOn(operator), 'POST', '/v1/models/died/cycles', wish);
      assert.deepEqual(second.body, first.body);
      const status = await verbs.status(operator, { model: 'died' });
      assert.equal(status.cycles + status.queue.length, 1);
    });
  });

  it('is asked again with the same key when it refused: what was refused had no effect', async () => {
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      const api = await apiOn(operator);
      await ask(api, 'PUT', '/v1/models/again/plan', { as: 'oleg', body: filesOf('again') });
      const resume = { as: 'oleg', body: {}, headers: { 'idempotency-key': 'refused' } } as const;
      problemOf(await ask(api, 'POST', '/v1/models/again/resume', resume), 409);
      await ask(api, 'POST', '/v1/models/again/pause', { as: 'oleg', body: {} });
      assert.equal((await ask(api, 'POST', '/v1/models/again/resume', resume)).status, 200);
    });
  });

  it('says the same as --json does on the command line, as the schema of the command has it', async () => {
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      const folder = await mkdtemp(join(tmpdir(), 'printed-'));
      const shell = { TEMPORAL_ADDRESS: operator.address, PERENNIAL_TASK_QUEUE: operator.taskQueue };
      const print = async <T>(command: Printed, ...words: string[]) =>
        readPrinted<T>(command, await perennialHere([command, ...words, '--json', ...by(command)], shell));
      const planned = async (approve: string) => {
        for (const [name, text] of Object.entries(filesOf('both', approve).files))
          await writeFile(join(folder, name), text);
      };
      await planned('auto');
      await print('validate', folder);
      await print('diff', folder);
      await print('apply', folder);
      for (const command of ['pause', 'resume', 'monitor'] as const) await print(command, 'both');
      const ended = () => until('its end', async () => !(await verbs.status(operator, { model: 'both' })).current);
      await print('run', 'both');
      await ended();
      await print('run', 'both', '--wait');
      await print('status', 'both', '--wait');
      await print('rollback', 'both', '--to', '1');
      await planned('manual');
      await print('diff', folder);
      await print('apply', folder);
      for (const decision of ['approve', 'reject'] as const) {
        await print('run', 'both');
        await until('an evaluation', async () => (await verbs.status(operator, { model: 'both' })).approval);
        await print('status', 'both');
        await print(decision, 'both');
        await ended();
      }
      await print('run', 'both');
      await print('cancel', 'both');
      await ended();
      await print('retire', 'both', '--yes');
      await print('status');
      await print('sweep', 'both');
      for (const word of ['bash', 'models']) await print('completion', word);
      await print('token', 'ann', '--role', 'viewer', '--file', join(folder, 'tokens'));
      readPrinted('error', await perennialHere(['status', 'nobody', '--json'], shell));
      await writeFile(join(folder, 'plan.yaml'), 'model: Both');
      readPrinted('error', await perennialHere(['validate', folder, '--json'], shell));
      await rm(folder, { recursive: true });
    });
  });

  it('is a process that begins with a way in only, and ends when it is told to, streams and all', async () => {
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      const shell = { TEMPORAL_ADDRESS: operator.address, PERENNIAL_TASK_QUEUE: operator.taskQueue };
      const closed = await perennialHere(['api', '--port', '0'], shell);
      assert.equal(closed.exitCode, 2);
      assert.match(closed.stderr, /nobody may use the API.*perennial token/s);

      const folder = await mkdtemp(join(tmpdir(), 'api-'));
      const file = join(folder, 'tokens');
      const { stdout: token } = await perennialHere(['token', 'ann', '--role', 'operator', '--file', file]);
      const child = execa('bin/perennial.mjs', ['api', '--port', '0'], {
        env: { ...shell, PERENNIAL_API_TOKENS_FILE: file },
        all: true,
        reject: false,
      });
      let said = '';
      child.all.on('data', (piece) => {
        said += piece;
      });
      const url = await until('its address', () => /API: (http:\S+),/.exec(said)?.[1], 60_000);
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = JSON.stringify(filesOf('process'));
      const applied = await fetch(`${url}/v1/models/process/plan`, { method: 'PUT', headers, body });
      assert.equal(((await applied.json()) as { plan: { by: string } }).plan.by, 'ann');
      const stream = await fetch(`${url}/v1/models/process/events`, { headers });
      const events = stream.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
      let seen = '';
      while (!seen.includes('event: status')) seen += (await events?.next())?.value ?? assert.fail(seen);
      child.kill('SIGTERM');
      while (!(await events?.next())?.done);
      assert.equal((await child).exitCode, 0, said);
      assert.ok(!said.includes(token), 'a token is in the log');
      await rm(folder, { recursive: true });
    });
  });
});

/** Those who change something say who they are. */
const by = (command: Printed): string[] =>
  ['validate', 'diff', 'status', 'completion', 'token'].includes(command) ? [] : ['--by', 'ann'];
