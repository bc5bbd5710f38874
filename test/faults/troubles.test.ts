import assert from 'node:assert/strict';
import { type ApplicationFailure, ApplicationFailure as Failure } from '@temporalio/common';
import type { Trouble } from '../../chaos/aws-errors.ts';
import { inject } from '../../chaos/faults.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { readApiKey } from '../../src/aws/api.ts';
import { ensureDatabase } from '../../src/aws/catalog.ts';
import { describeEndpoint } from '../../src/aws/endpoints.ts';
import { invoke } from '../../src/aws/invoke.ts';
import { allowInvoke } from '../../src/aws/lambda.ts';
import { publish } from '../../src/aws/publish.ts';
import { endScaling } from '../../src/aws/scaling.ts';
import { ensureTopic } from '../../src/aws/topic.ts';
import { wired } from '../support/wired.ts';

/** One call of each service, and what it begins its message with. */
const CALLS: Readonly<Record<string, (deps: Deps) => Promise<unknown>>> = {
  SageMaker: ({ aws }) => describeEndpoint(aws.sagemaker, 'rides'),
  'SageMaker Runtime': ({ aws }) => invoke(aws.runtime, { endpoint: 'rides' }, '{}'),
  S3: ({ store }) => store.putText('faults/x', 'x'),
  Glue: ({ aws }) => ensureDatabase(aws.glue, 'rides'),
  Lambda: ({ aws }) => allowInvoke(aws.lambda, 'perennial-rides', 'api-x', 'arn:aws:execute-api:x'),
  'API Gateway': ({ aws }) => readApiKey(aws, 'x'),
  CloudWatch: ({ aws }) => publish(aws.cloudWatch, 'rides', new Date(), [{ name: 'x', value: 1 }]),
  SNS: ({ aws }) => ensureTopic(aws.sns, 'rides', []),
  'Application Auto Scaling': ({ aws }) => endScaling(aws.autoScaling, { endpoint: 'rides', variant: 'v1' }),
};

interface Due {
  readonly type: string;
  readonly reason?: string;
  readonly says: RegExp;
  /** Services that know no such trouble. */
  readonly not?: readonly string[];
}

const DUE: Readonly<Record<Exclude<Trouble, 'missing'>, Due>> = {
  throttling: {
    type: 'Unavailable',
    reason: 'throttling',
    says: /Rate exceeded|Too Many Requests|reduce your request/,
  },
  internal: { type: 'Unavailable', reason: 'service', says: /unknown error|internal/i },
  unavailable: { type: 'Unavailable', reason: 'service', says: /temporary failure|Service unavailable/i },
  denied: { type: 'AccessDenied', says: /; let the worker's identity make this call$/ },
  expired: {
    type: 'Unavailable',
    reason: 'credentials',
    says: /expired.*; it is tried again; renew the worker's credentials where it finds them/,
  },
  skewed: { type: 'Unavailable', reason: 'clock', says: /; it is tried again; set the clock of the worker's machine$/ },
  quota: {
    type: 'Unavailable',
    reason: 'capacity',
    says: /; it is tried again; have the quota raised in Service Quotas, or let something end$/,
    not: ['S3', 'SageMaker Runtime'],
  },
};

const reasonOf = ({ details }: ApplicationFailure) => (details?.[0] as { reason?: string } | undefined)?.reason;

describe('a trouble of AWS', () => {
  const failureOf = async (act: Promise<unknown>): Promise<ApplicationFailure> => {
    const error = await act.then(
      () => assert.fail('nothing was thrown'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Failure, `no failure of ours: ${(error as Error).stack}`);
    return error;
  };

  for (const [trouble, { type, reason, says, not = [] }] of Object.entries(DUE))
    it(`that is called ${trouble} is told alike, whichever service has it`, async () => {
      const { deps, close } = await wired(inject(() => trouble as Trouble));
      try {
        for (const [service, act] of Object.entries(CALLS).filter(([name]) => !not.includes(name))) {
          const failure = await failureOf(act(deps));
          const told = { type: failure.type, reason: reasonOf(failure) };
          assert.deepEqual(told, { type, reason }, `${service}: ${failure.message}`);
          assert.match(failure.message, says, service);
          assert.equal(failure.nonRetryable, type !== 'Unavailable');
        }
      } finally {
        await close();
      }
    });

  it('such as a name that nobody resolves is the network, whichever service it is of', async () => {
    const { deps, close } = await wired({});
    for (const client of Object.values(deps.aws))
      Object.assign(client.config, {
        endpoint: async () => ({ protocol: 'http:', hostname: 'perennial.invalid', port: 80, path: '/' }),
      });
    try {
      for (const [service, act] of Object.entries(CALLS)) {
        const failure = await failureOf(act(deps));
        assert.equal(reasonOf(failure), 'network', service);
        assert.match(failure.message, /perennial\.invalid/);
      }
    } finally {
      await close();
    }
  });
});
