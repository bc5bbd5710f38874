/**
 * The API by its own description: schemathesis makes requests of it, right and wrong ones, and holds every answer against it.
 * `npm run api:fuzz`, or with all tests; API_FUZZ_EXAMPLES says how many a route at most. Real workflows, fake activities.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { pino } from 'pino';
import { createApp } from '../../src/api/app.ts';
import { type Reads, readsOn } from '../../src/api/reads.ts';
import type { Explain } from '../../src/operations/explain.ts';
import * as verbs from '../../src/operations/index.ts';
import { type Chronicle, chronicle, PLAN } from '../operations/chronicle.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { devServer, freshPlan, withWorker, workflowBundle } from '../workflows/theatre.ts';
import { PEOPLE } from './support.ts';

const EXAMPLES = process.env.API_FUZZ_EXAMPLES ?? '15';
const PROGRAM = resolve(process.env.SCHEMATHESIS ?? '.venv-clients/bin/schemathesis');
const UNLIMITED = { address: 1e9, failed: 1e9, identity: 1e9 };

const asks = {
  predict: async () => ({ predictions: [{ id: 'one', value: 1 }], modelVersion: 1 }),
  tellLabels: async ({ outcomes }: { outcomes: readonly unknown[] }) => ({ accepted: outcomes.length }),
};

const explained: Explain = {
  ...{ model: 'fuzzed', version: 1, cycle: 1, algorithm: 'xgboost' },
  ...{ instance: { x: 1 }, steps: [], notes: [] },
};

/** A ledger with what it names in a folder; what needs an endpoint or CloudWatch is answered alike. */
const readsOf = ({ archive }: Chronicle): Reads => ({
  ...readsOn(() => archive),
  explain: async () => explained,
  logs: async ({ model, cycle = 1 }) => ({ model, cycle, running: false, lines: [] }),
  reportDetails: async () => ({ rows: 1 }),
});

async function aRecord(): Promise<Chronicle> {
  const told = await chronicle('fuzzed');
  await told.tell(0, 'plan applied', { planHash: PLAN });
  for (const cycle of [1, 2]) await told.cycle(cycle);
  return told;
}

describe('the API under a fuzzer', function () {
  this.timeout(1_200_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('answers every request as its description says @long', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'schemathesis-'));
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      const problems: string[] = [];
      const log = pino({ level: 'error' }, { write: (line) => void problems.push(line) });
      const authenticate = async (token: string) => PEOPLE[token];
      const told = await aRecord();
      const deps = { operator, verbs, asks, reads: readsOf(told), authenticate, log };
      const api = await createApp(deps, { version: '0', limits: UNLIMITED });
      await verbs.applyPlan(operator, { frozen: freshPlan({ model: 'fuzzed' }), by: 'ann' });
      await api.listen({ port: 0, host: '127.0.0.1' });
      const url = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;
      const words = [
        ...['--config-file', resolve('test/api/schemathesis.toml'), 'run', `${url}/openapi.json`],
        // Streams of events have no end, and a model that is retired is no model to go on with.
        ...['watchModel', 'followLogs', 'retireModel'].flatMap((one) => ['--exclude-operation-id', one]),
        ...['--header', 'Authorization: Bearer token-of-anna', '--checks', 'all', '--max-examples', EXAMPLES],
        ...['--continue-on-failure', '--request-timeout', '60', '--seed', '1', '--generation-database', 'none'],
      ];
      const done = await execa(PROGRAM, words, {
        reject: false,
        all: true,
        cwd: folder,
        env: { HOME: folder, NO_COLOR: '1' },
      });
      await api.close();
      await told.store.remove();
      console.log(done.all);
      assert.deepEqual(problems, []);
      assert.equal(done.exitCode, 0, 'the fuzzer found something: see above');
    });
    await rm(folder, { recursive: true });
  });
});
