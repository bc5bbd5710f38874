import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJobOf, jobName, tuningJobName } from '../src/names.ts';
import { name as modelName } from '../src/plan/parts.ts';

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

  it('are of one model, cycle, stage and try alone, whatever a model is called', () => {
    const model = fc
      .array(fc.constantFrom('a', 'b1', 'train', 'score', '1', '2', '-', '-1', '-model'), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join(''))
      .filter((text) => modelName.safeParse(text).success);
    const job = fc.record(
      {
        model,
        cycle: fc.integer({ min: 1, max: 12 }),
        stage: fc.constantFrom('train-1', 'train-2', 'train-12', 'tune-1', 'model', 'score'),
        attempt: fc.integer({ min: 1, max: 3 }),
      },
      { noNullPrototype: true },
    );
    type Job = { model: string; cycle: number; stage: string; attempt: number };
    const nameOf = ({ model, cycle, stage, attempt }: Job) => jobName(model, cycle, stage, attempt);
    const seen = new Map<string, Job>();
    fc.assert(
      fc.property(job, (one) => {
        const name = nameOf(one);
        assert.match(name, /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/);
        assert.ok(name.length <= 63);
        const other = seen.get(name) ?? one;
        assert.deepEqual(other, one, `${name} is twice`);
        seen.set(name, one);
      }),
      { numRuns: 20_000 },
    );
  });

  it('take no model by a name that could lead out of a key, an ARN or a command', () => {
    for (const text of [
      '../a',
      'a/b',
      'a b',
      'a\n',
      'a\nb',
      'a*',
      'a:b',
      '-a',
      '--help',
      'a.b',
      'ä',
      'a'.repeat(31),
      '',
    ])
      assert.ok(!modelName.safeParse(text).success, JSON.stringify(text));
  });
});
