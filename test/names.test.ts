import assert from 'node:assert/strict';
import { isJobOf, jobName, tuningJobName } from '../src/names.ts';

const LONGEST = 'a-model-whose-name-is-so-long1';

describe('names of jobs', () => {
  it("keep a tuning job within 32 characters, apart from its neighbours, and known as the model's", () => {
    assert.equal(tuningJobName('cars', 3, 'tune-1'), jobName('cars', 3, 'tune-1'));
    const name = tuningJobName(LONGEST, 12_345, 'tune-10', 3);
    assert.ok(name.length <= 32, name);
    assert.match(name, /^[a-z0-9](-*[a-z0-9])*$/);
    assert.notEqual(name, tuningJobName(LONGEST.replace('1', '2'), 12_345, 'tune-10', 3));
    assert.ok(isJobOf(LONGEST, { name }));
    assert.ok(!isJobOf('another', { name }));
  });
});
