import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateUserCommand, DeleteUserPolicyCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { notAllowed } from '../../src/aws/identity.ts';
import { UserError } from '../../src/errors.ts';
import { examine, ok } from '../../src/operations/doctor/finding.ts';
import { type Check, doctor, doctorShape } from '../../src/operations/doctor/index.ts';
import { memory, node } from '../../src/operations/doctor/machine.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { tinyPlan } from '../support/plan.ts';

const never = new AbortController().signal;
const check = (run: Check['run']): Check => ({ area: 'test', what: 'the thing', run });

describe('checks of doctor', () => {
  it('are findings when they crash, take too long or say what is wrong, and keep no other from being told', async () => {
    const found = await examine(
      [
        check(async () => [ok('fine')]),
        check(async () => {
          throw new Error('broken');
        }),
        check(() => new Promise(() => {})),
        check(async () => {
          throw new UserError('not there', 'make it');
        }),
      ],
      50,
      never,
    );
    assert.deepEqual(doctorShape.parse(found), found);
    assert.deepEqual([found.wrong, found.warnings], [3, 0]);
    assert.deepEqual(
      found.findings.map(({ state, found: said }) => [state, said]),
      [
        ['ok', 'fine'],
        ['wrong', 'the thing could not be looked at: Error: broken'],
        ['wrong', 'the thing: no answer within 0.05 s'],
        ['wrong', 'not there'],
      ],
    );
    assert.equal(found.findings[3]?.mend, 'make it');
  });

  it('know how old Node and how small a machine may be', () => {
    assert.deepEqual([node('18.1.0').state, node('20.1.0').state, node('22.0.0').state], ['wrong', 'warning', 'ok']);
    const gib = 2 ** 30;
    assert.deepEqual(
      [memory(gib, gib).state, memory(8 * gib, gib / 2).state, memory(8 * gib, 4 * gib).state],
      ['wrong', 'warning', 'ok'],
    );
  });
});

describe('doctor on a laptop cloud without a worker', function () {
  this.timeout(120_000);
  let cloud: LaptopCloud;
  let folder: string;
  before(async () => {
    cloud = await laptopCloud();
    folder = await mkdtemp(join(tmpdir(), 'perennial-doctor-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** With other settings than the cloud's. */
  async function found(settings: Record<string, string> = {}, plan?: Parameters<typeof doctor>[0]['plan']) {
    const before = { ...process.env };
    Object.assign(process.env, settings);
    try {
      return (await doctor({ plan, signal: never })).findings;
    } finally {
      process.env = before;
    }
  }
  const said = (findings: Awaited<ReturnType<typeof found>>, state: string) =>
    findings.filter((one) => one.state === state).map((one) => one.found);

  it('finds all well but for the worker that is not there', async () => {
    // A queue of its own, and no word of builds: other tests run workers on the same cloud.
    const all = await found({ PERENNIAL_TASK_QUEUE: 'doctors' });
    const wrong = said(all, 'wrong').filter((line) => !/^no build/.test(line));
    assert.equal(wrong.length, 3, wrong.join('\n'));
    for (const line of wrong) assert.match(line, /^no worker asks for .* on doctors/);
    assert.deepEqual(
      all.filter(({ area, state }) => area === 'bucket' && state !== 'ok'),
      [],
    );
  });

  it('names the bucket and the roles that are missing, an image of elsewhere, keys that others read', async () => {
    const keys = join(folder, 'keys');
    await writeFile(keys, '');
    await chmod(keys, 0o644);
    const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
    const wrong = said(
      await found({
        PERENNIAL_BUCKET: 'there-is-none',
        PERENNIAL_JOB_ROLE_ARN: role('nobody'),
        PERENNIAL_LAMBDA_ROLE_ARN: role('perennial-jobs'),
        PERENNIAL_IMAGE: '683313688378.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.0-5',
        PERENNIAL_CODEC_KEYS_FILE: keys,
      }),
      'wrong',
    ).join('\n');
    for (const line of [
      /^there is no bucket there-is-none$/m,
      /^there is no role .*nobody$/m,
      /^role .*perennial-jobs does not trust lambda\.amazonaws\.com$/m,
      /^image .* is of eu-west-1, and jobs run in us-east-1$/m,
      /keys may be read by others than its owner$/m,
    ])
      assert.match(wrong, line);
  });

  it('looks at what a plan needs', async () => {
    const plan = tinyPlan({
      train: {
        objective: { metric: 'auc', goal: 'maximize' },
        candidates: [{ algorithm: 'logistic-regression' }],
        instance: { type: 'ml.q9.huge' },
      },
    });
    const wrong = said(await found({}, plan), 'wrong').join('\n');
    assert.match(wrong, /^SageMaker offers no ml\.q9\.huge for training$/m);
  });

  it('asks IAM which actions are not allowed', async () => {
    const { region } = cloud.config;
    const iam = new IAMClient({ region });
    const UserName = 'doctor';
    const [PolicyName, arn] = ['some', `arn:aws:iam::000000000000:user/${UserName}`];
    const read = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::mine/*'] };
    const look = { Action: ['sagemaker:ListModels', 'sns:ListTopics'], Resource: ['*'] };
    const tagged = { Action: ['sns:Publish'], Resource: ['*'], Condition: { Null: { 'aws:RequestTag/a': 'false' } } };
    await iam.send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [read, { ...look, Effect: 'Allow', Action: ['sns:ListTopics'] }],
    });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
    assert.deepEqual(await notAllowed(region, arn, [read, look, tagged]), {
      denied: ['sagemaker:ListModels'],
      unsure: ['sns:Publish'],
    });
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
    iam.destroy();
  });
});
