import assert from 'node:assert/strict';
import { AFTER, BEFORE, type Fault } from '../../chaos/faults.ts';
import { BUILD_ON_OTHERS } from '../../src/activities/appearing.ts';
import type { Activities } from '../../src/activities/interface.ts';
import { laptopCloud } from '../support/cloud.ts';
import { long } from '../support/long.ts';
import { type Base, baseModel } from './base.ts';
import { CASES, type Case } from './cases.ts';
import { type ChainOptions, chain } from './chain.ts';
import { plain, worldOf } from './world.ts';

/** With `FAULTS=all` every call meets every fault; else the faults come by turns, so that every call meets three. */
const GROUPS: readonly (readonly Fault[])[] =
  process.env.FAULTS === 'all' ? [...BEFORE, ...AFTER].map((one) => [one]) : [BEFORE, AFTER];

/** What is asked of AWS for money, or steers what serves: the default run has these, the long one all. */
const PAID: readonly (keyof Activities)[] = [
  'submitTraining',
  'submitTuning',
  'submitTransform',
  'createModel',
  'registerVersion',
  'submitEndpoint',
  'shiftTraffic',
  'record',
];

const UNHURRIED = { quick: 20_000, slow: 20_000 };

describe('every call of every activity', function () {
  this.timeout(240_000);
  let base: Base;
  let made = 0;
  const newModel = () => `fault-${String(++made).padStart(4, '0')}-rides`;

  before(async () => {
    base = await baseModel();
    // What is submitted here need not run, and what is stopped here must not end before.
    const { env } = await laptopCloud();
    const waits = { fault: 'capacity', after: 600 };
    const rules = [
      { job: 'fault-*-rides-1-t*', fault: 'capacity' },
      { job: 'fault-*-rides-1-run', ...waits },
      { job: 'fault-*-rides-1-lost', ...waits },
    ];
    await fetch(`${env.AWS_ENDPOINT_URL_SAGEMAKER}/faults`, { method: 'PUT', body: JSON.stringify(rules) });
  });
  after(async () => {
    const { env } = await laptopCloud();
    await fetch(`${env.AWS_ENDPOINT_URL_SAGEMAKER}/faults`, { method: 'DELETE' });
  });

  /** What the activity gave, and what there is then of its model. */
  async function outcome(name: keyof Activities, options: ChainOptions) {
    const model = newModel();
    const { before: prepare, input, after: end, tells } = CASES[name] as Case<keyof Activities>;
    await prepare?.(base, model);
    const { result, ...met } = await chain(name, await input(base, model), options);
    const told = tells ? '' : plain(JSON.stringify(result) ?? '', model);
    const world = await worldOf(base.deps, model);
    await end?.(base, model);
    return { ...met, is: { told, world } };
  }

  for (const name of BUILD_ON_OTHERS)
    it(`of ${name} may not see yet what was made a moment ago`, async () => {
      const calm = await outcome(name, { faults: [], ...UNHURRIED });
      const { is, said } = await outcome(name, { faults: ['missing'], ...UNHURRIED });
      assert.deepEqual(is, calm.is, said.join('\n'));
    });

  for (const name of Object.keys(CASES) as (keyof Activities)[])
    it(`of ${name} may be refused, cut off, or done and not heard of: what comes of it is the same${long(!PAID.includes(name))}`, async () => {
      const { every = 1 } = CASES[name];
      const calm = await outcome(name, { faults: [], ...UNHURRIED });
      const repeated = GROUPS.map(async (faults) => {
        const { is, said, struck } = await outcome(name, { faults, every });
        assert.deepEqual(is, calm.is, `${faults}:\n${said.join('\n')}`);
        assert.ok(struck > 0 && said.length > 0, `${faults}: ${struck} faults, ${said.length} failures`);
      });
      // The SDK's own second try comes before Temporal's.
      const retried = outcome(name, { faults: ['reset-after'], tries: 3, every: every > 2 ? every : 1, ...UNHURRIED });
      await Promise.all(repeated);
      const { is, said } = await retried;
      assert.deepEqual(is, calm.is, `two tries:\n${said.join('\n')}`);
    });
});
