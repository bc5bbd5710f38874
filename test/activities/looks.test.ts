import assert from 'node:assert/strict';
import { createLooks } from '../../src/activities/looks.ts';
import { databaseMemory } from '../../src/data/memory.ts';

const MINUTE = 60_000;
const GIB = 2 ** 30;

describe('looks at jobs', () => {
  it('come soon while a job is young, and seldom when it is old', () => {
    const { next } = createLooks(1_000);
    const ages = [0, 10_000, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE];
    assert.deepEqual(
      ages.map((age) => next('job', age).ms),
      [1_000, 6_000, 30_000, MINUTE, 2 * MINUTE],
    );
  });

  it('of a thousand jobs stay within the rate, and say what they wait for', () => {
    const { next } = createLooks(10);
    for (let at = 0; at < 999; at += 1) next(`job-${at}`, 10 * MINUTE);
    const { ms, because } = next('job-999', 10 * MINUTE);
    assert.ok(1_000 / (ms / 1_000) <= 10, `a thousand looks in ${ms} ms are more than 10 a second`);
    assert.match(because ?? '', /^1000 jobs share 10 looks a second, the next in \d+ s$/);
  });

  it('come sooner again when jobs are over, or are watched by others', () => {
    let now = 0;
    const { next, over } = createLooks(2, () => now);
    for (let at = 0; at < 100; at += 1) next(`job-${at}`, 0);
    for (let at = 0; at < 50; at += 1) over(`job-${at}`);
    const half = next('job-50', 0).ms;
    assert.ok(half < 40_000, `${half} ms for fifty jobs at two a second`);
    now = 60 * MINUTE;
    assert.deepEqual(next('job-50', 0), { ms: 1_000 });
  });
});

describe('databases', () => {
  for (const [gib, cores] of [
    [1, 1],
    [4, 2],
    [16, 4],
    [64, 16],
    [512, 8],
  ] as const)
    it(`never take more than there is of ${gib} GiB`, () => {
      const { slots, each } = databaseMemory(gib * GIB, cores);
      assert.ok(slots >= 2, 'one long preparation would keep all others waiting');
      assert.ok(slots * each <= 0.8 * gib * GIB);
      assert.ok(each <= 8 * GIB && slots <= Math.max(2, cores));
    });
});
