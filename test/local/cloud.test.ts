import assert from 'node:assert/strict';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { laptopCloud } from '../support/cloud.ts';

describe('the laptop cloud', () => {
  it('answers AWS clients that have nothing but its environment', async () => {
    const { aws, config } = await laptopCloud();
    const { Buckets = [] } = await aws.s3.send(new ListBucketsCommand({}));
    assert.ok(Buckets.some((bucket) => bucket.Name === config.bucket));
  });
});
