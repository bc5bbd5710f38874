import assert from 'node:assert/strict';
import type { Deps } from '../../src/activities/deps.ts';
import { planActivities } from '../../src/activities/plan.ts';
import type { Config } from '../../src/config.ts';
import { laptopDeps, run } from '../support/activities.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';

const instanceOf = (type: string, extra: object = {}) => ({
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'xgboost' }],
    instance: { type, maxRuntime: '1h', ...extra },
    budget: { perCycleUsd: 1 },
  },
});

describe('preflight', () => {
  let deps: Deps;
  before(async function () {
    this.timeout(200_000);
    deps = await laptopDeps();
  });

  const check = (plan = ridesPlan(), config: Partial<Config> = {}) =>
    run(planActivities({ ...deps, config: { ...deps.config, ...config } }).preflight, ridesScope(plan));
  const refused = (message: RegExp) => ({ type: 'PlanRefused', nonRetryable: true, message });

  it('says what it looked at, and the most that a cycle can cost', async () => {
    const { ceilingUsd, checks } = await check();
    // Two training jobs and two transforms, ten minutes each, at $0.115 an hour.
    assert.equal(ceilingUsd, 0.08);
    assert.ok(checks.some((text) => text === 'bucket perennial-laptop is there'));
    assert.ok(
      checks.some((text) =>
        /a cycle costs at most 0\.08 USD, the budget is 1 USD: 2 training jobs × 1 ml\.m5\.large/.test(text),
      ),
    );
  });

  it('refuses a cycle that may cost more than its budget, naming the figures and the mend', async () => {
    await assert.rejects(
      check(ridesPlan('rides', instanceOf('ml.m5.4xlarge'))),
      refused(
        /a cycle may cost up to 3\.69 USD \(2 training jobs × 1 ml\.m5\.4xlarge at 0\.922 USD\/h × 1 h, .*perCycleUsd is 1 USD; shorten train\.instance\.maxRuntime/,
      ),
    );
  });

  it('keeps an automatic cycle within what is left of the month', async () => {
    const plan = ridesPlan('rides', { retrain: { budget: { usdPerMonth: 5 } } });
    const within = (usdLeft: number) =>
      run(planActivities(deps).preflight, { ...ridesScope(plan), usdLeft }) as ReturnType<typeof check>;
    const { checks } = await within(0.08);
    assert.ok(checks.some((text) => /of the 5 USD of retrain\.budget\.usdPerMonth, 0\.08 USD are left/.test(text)));
    await assert.rejects(
      within(0.07),
      refused(/0\.07 USD are left, and a cycle may cost up to 0\.08 USD; raise the budget/),
    );
  });

  it('counts every trial of a tuned candidate, and the linear baseline beside it', async () => {
    const { instance, objective } = ridesPlan().train;
    const parameters = { max_depth: [2, 8] };
    const train = { objective, instance, candidates: [{ algorithm: 'xgboost', tune: { parameters, jobs: 8 } }] };
    const { checks } = await check(ridesPlan('rides', { train }));
    assert.ok(
      checks.some((text) => text.includes('9 training jobs × 1')),
      checks.join('\n'),
    );
  });

  it('refuses an instance whose price nobody told, and takes the plan at its word', async () => {
    await assert.rejects(
      check(ridesPlan('rides', instanceOf('ml.c7i.large'))),
      refused(/train\.instance: the price of ml\.c7i\.large is not known; write its usdPerHour/),
    );
    assert.equal((await check(ridesPlan('rides', instanceOf('ml.c7i.large', { usdPerHour: 0.2 })))).ceilingUsd, 0.8);
  });

  it('refuses an instance type that SageMaker does not offer for its work', async () => {
    await assert.rejects(
      check(ridesPlan('rides', instanceOf('ml.m55.xlarge'))),
      refused(/train\.instance\.type: SageMaker offers no ml\.m55\.xlarge for training; it offers .*ml\.m5\.xlarge/),
    );
    await assert.rejects(
      check(ridesPlan('rides', { deploy: { instance: { type: 'ml.m5.tiny' } } })),
      refused(/deploy\.instance\.type: SageMaker offers no ml\.m5\.tiny for hosting/),
    );
  });

  it('refuses a bucket, a role or an image that cannot be right, all at once', async () => {
    const wrong = {
      bucket: 'nobody-has-this-bucket',
      jobRoleArn: 'arn:aws:iam::123:user/me',
      image: 'no image',
    };
    await assert.rejects(check(ridesPlan(), wrong), (error: Error) => {
      for (const part of [
        'there is no bucket nobody-has-this-bucket',
        'PERENNIAL_JOB_ROLE_ARN is "arn:aws:iam::123:user/me"',
        'PERENNIAL_IMAGE is "no image"',
      ])
        assert.ok(error.message.includes(part), error.message);
      return true;
    });
    await assert.rejects(
      check(ridesPlan(), { region: 'eu-central-1' }),
      refused(/PERENNIAL_IMAGE is of us-east-1, and jobs run in eu-central-1/),
    );
  });
});
