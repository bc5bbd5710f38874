import assert from 'node:assert/strict';
import { Receipts } from '../../chaos/receipts.ts';

const call = (operation: string, name: string, body = '{}') =>
  ({ operation, name, body: Buffer.from(body) }) as unknown as Parameters<Receipts['note']>[0];
const answer = (status: number, body = '{}') => ({ status, body: Buffer.from(body) });
const made = '{"InferenceSpecification":{"Containers":[{"ModelDataUrl":"s3://b/model.tar.gz"}]}}';

describe('the receipts of chaos', () => {
  it('tell what AWS agreed to make twice, not what it refused', () => {
    const receipts = new Receipts();
    receipts.note(call('CreateTrainingJob', 'a'), answer(200));
    receipts.note(call('CreateTrainingJob', 'a'), answer(400));
    receipts.note(call('DescribeTrainingJob', 'a'), answer(200));
    assert.deepEqual([receipts.count, receipts.twice], [1, []]);
    receipts.note(call('CreateTrainingJob', 'a'), answer(200));
    assert.deepEqual(receipts.twice, ['paid 2 times: CreateTrainingJob a']);
  });

  it('count a package by what AWS calls it: asked for again by its token, it is the same', () => {
    const receipts = new Receipts();
    const note = (arn: string) =>
      receipts.note(call('CreateModelPackage', 'group', made), answer(200, `{"ModelPackageArn": "${arn}"}`));
    note('arn:1');
    note('arn:1');
    assert.deepEqual([receipts.count, receipts.twice], [1, []]);
    note('arn:2');
    assert.match(
      receipts.twice.join(),
      /^paid 2 times: CreateModelPackage group "ModelDataUrl":"s3:\/\/b\/model.tar.gz"$/,
    );
  });
});
