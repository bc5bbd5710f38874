import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { paced } from '../../src/aws/clients.ts';
import { call } from '../../src/aws/errors.ts';
import { createPacer } from '../../src/aws/pacer.ts';

const AWS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

describe('calls of AWS', () => {
  /** Turns of calls that come at once, by how long each waits; those that are sent away have none. */
  async function crowd(rate: number, calls: readonly string[], at: () => number = () => 0) {
    const waits: (number | undefined)[] = [];
    const slept: number[] = [];
    const pacer = createPacer({
      rate,
      now: at,
      sleep: async (ms) => void slept.push(ms),
      seen: (_, ms) => waits.push(ms),
    });
    const ends = await Promise.allSettled(calls.map((operation) => pacer.turn(operation)));
    return { waits: waits.map((ms) => (ms === undefined ? ms : Math.round(ms))), slept, ends };
  }

  const many = (n: number, operation = 'DescribeTrainingJob') => Array.from({ length: n }, () => operation);

  it('go out a second of them at once, and then one after the other', async () => {
    const { waits } = await crowd(4, many(7));
    assert.deepEqual(waits, [0, 0, 0, 0, 250, 500, 750]);
  });

  it('of one operation make none of another wait', async () => {
    const { slept } = await crowd(4, [...many(4), 'StopTrainingJob', 'CreateTrainingJob']);
    assert.deepEqual(slept, []);
  });

  it('are put off when the line is too long, and told how many are before them', async () => {
    const { waits, ends } = await crowd(2, many(30));
    const away = ends.filter(({ status }) => status === 'rejected');
    assert.equal(away.length, waits.filter((ms) => ms === undefined).length);
    assert.ok(away.length > 0 && Math.max(...waits.map((ms) => ms ?? 0)) <= 10_000);
    const { reason } = away[0] as PromiseRejectedResult;
    assert.match(reason.message, /^DescribeTrainingJob waits its turn: \d+ calls are before it, at 2 a second/);
    assert.deepEqual([reason.type, reason.nonRetryable], ['Unavailable', false]);
    assert.ok(reason.nextRetryDelay > 10_000, 'comes back when the line is shorter');
  });

  it('that are put off were never made, and fail as what heals by itself', async () => {
    const pacer = createPacer({ rate: 1, now: () => 0, sleep: async () => {} });
    for (let at = 0; at < 11; at += 1) await pacer.turn('DescribeTrainingJob');
    const client = paced(new SageMakerClient({ ...AWS, endpoint: 'http://127.0.0.1:1' }), pacer);
    const look = () => client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'job' }));
    await assert.rejects(call('look', look), {
      type: 'Unavailable',
      message: /waits its turn: 11 calls are before it/,
    });
    client.destroy();
  });

  it('are held to the rate try by try, also where the SDK tries again by itself', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      const body = { __type: 'ThrottlingException', message: 'Rate exceeded' };
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const turns: string[] = [];
    const pacer = { turn: async (operation: string) => void turns.push(operation) };
    const client = paced(new SageMakerClient({ ...AWS, endpoint, maxAttempts: 3 }), pacer);
    const look = () => client.send(new DescribeTrainingJobCommand({ TrainingJobName: 'job' }));
    try {
      await assert.rejects(call('look', look), { type: 'Unavailable' });
      assert.deepEqual(turns, many(asked));
      assert.equal(asked, 3);
    } finally {
      client.destroy();
      server.close();
    }
  });
});
