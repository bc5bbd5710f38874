import assert from 'node:assert/strict';
import { jobName, tuningJobName } from '../../src/names.ts';
import { placesOf } from '../../src/operations/log-places.ts';

const cycle = {
  ...({ kind: 'cycle', seq: 9, by: 'ada', cycle: 1, trigger: 'person', outcome: 'deployed', version: 4 } as const),
  ...{ asOf: '', startedAt: '2026-01-30T22:00:00.000Z', at: '2026-02-02T01:00:00.000Z' },
};
const prefixes = (model: string, stage: string) =>
  placesOf(model, cycle).flatMap((place) => (place.stage === stage ? place.prefix : []));

describe('the places of log lines', () => {
  it("hold a cycle's jobs and tuning jobs, of long names, too, and no other cycle's", () => {
    for (const model of ['rides', 'a-model-of-thirty-characters-x']) {
      const begun = (name: string) => prefixes(model, 'train').some((prefix) => name.startsWith(prefix));
      assert.ok(begun(jobName(model, 1, 'train-1')), model);
      assert.ok(begun(tuningJobName(model, 1, 'tune-1')), model);
      assert.ok(!begun(jobName(model, 11, 'train-1')), model);
      assert.ok(!begun(tuningJobName(model, 12, 'tune-1')), model);
    }
  });

  it("hold the cycle's own variant, and the function's last three days", () => {
    assert.deepEqual(prefixes('rides', 'serve'), ['v4/', '2026/01/31/', '2026/02/01/', '2026/02/02/']);
    const now = placesOf('rides', cycle, 'serve').at(-1)?.prefix;
    assert.equal(now, `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/`);
  });
});
