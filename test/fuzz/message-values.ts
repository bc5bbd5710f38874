/** Arguments of messages to a model: nearly right, so that they come far, or anything at all. */
import fc from 'fast-check';

export const INSTANT = '2026-01-01T00:00:00.000Z';

/** A right value, mostly; else anything. */
export const nearly = (...right: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...right) },
    {
      weight: 1,
      arbitrary: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined), fc.constant('x'.repeat(10_000))),
    },
  );

const REPORT = {
  ...{ id: 'p', version: 1, from: INSTANT, to: INSTANT, requests: 1, rows: 1, labelled: 0, judged: true },
  ...{ drift: {}, quality: {}, memory: {}, findings: [], details: { sha256: 'a' }, report: { uri: 's3://b/k' } },
};
const FINDING = { kind: 'quality', severity: 'alarm', subject: 's', value: 1, limit: 0, message: 'm' };

export const nearlyAsked = fc.record(
  {
    by: nearly('ann'),
    reason: nearly('a reason', undefined),
    trigger: nearly('person', 'schedule', 'drift', 'quality'),
    asOf: nearly(INSTANT),
    cycle: nearly(1, 2),
    decision: nearly('approve', 'reject'),
    evaluation: nearly('a'.repeat(64), undefined),
    to: nearly(1, INSTANT, undefined),
    action: nearly('pause', 'abort'),
    monitor: nearly('model/x/monitor-1'),
    id: nearly('p'),
    since: nearly(INSTANT),
    until: nearly(INSTANT),
    report: fc.oneof(
      nearly(REPORT, { ...REPORT, findings: [FINDING] }, { ...REPORT, findings: [{ ...FINDING, kind: 'data' }] }),
      fc
        .tuple(fc.constantFrom(...Object.keys(REPORT)), fc.jsonValue({ maxDepth: 1 }))
        .map(([key, value]) => ({ ...REPORT, [key]: value })),
    ),
  },
  { requiredKeys: ['by'] },
);
