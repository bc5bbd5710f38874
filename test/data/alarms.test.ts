import assert from 'node:assert/strict';
import type { ValueCounts } from '../../src/data/bins.ts';
import { columnDrift } from '../../src/data/drift.ts';
import { judgeDrift } from '../../src/data/drift-findings.ts';
import { holm } from '../../src/data/holm.ts';
import { type Past, remember } from '../../src/data/hysteresis.ts';
import { presentDrift } from '../../src/data/present-drift.ts';
import { poissonBelow } from '../../src/data/tails.ts';
import { monitor as monitorSchema } from '../../src/plan/monitor.ts';
import { generator } from './generator.ts';

type Value = number | string | null;
const CALM: Past = { streaks: {}, raised: [] };

function counted(column: string, values: readonly Value[]): ValueCounts {
  const counts = new Map<number | string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const kind = values.some((value) => typeof value === 'string') ? 'text' : 'number';
  return {
    ...{ column, kind },
    numbers: kind === 'number' ? entries.map(([value]) => Number(value)) : [],
    texts: kind === 'text' ? entries.map(([value]) => String(value)) : [],
    counts: entries.map(([, count]) => count),
    missing: values.filter((value) => value === null).length,
  };
}

/** Five columns as they come: a number, a skewed one with holes, few values, few and many words. */
function world(seed: number) {
  const { uniform, normal, below } = generator(seed);
  const draw: Readonly<Record<string, (shift: number) => Value>> = {
    size: (shift) => Math.round((normal() + shift) * 1000) / 1000,
    price: () => (uniform() < 0.05 ? null : Math.round(Math.exp(normal()) * 100) / 100),
    day: () => 1 + below(7),
    colour: () => ['red', 'green', 'blue'][Math.floor(3 * uniform() ** 2)] as string,
    town: () => `town ${Math.floor(200 * uniform() ** 3)}`,
  };
  return (rows: number, shift = 0): ValueCounts[] =>
    Object.entries(draw).map(([column, one]) =>
      counted(
        column,
        Array.from({ length: rows }, () => one(shift)),
      ),
    );
}

const draw = world(11);
const baseline = draw(20_000);
const limits = (changes: Record<string, unknown> = {}) => monitorSchema.parse({ drift: changes }).drift;
const pass = (
  rows: number,
  { shift = 0, past = CALM, ...changes }: { shift?: number; past?: Past } & Record<string, unknown> = {},
) => {
  const now = draw(rows, shift);
  const columns = baseline.map((before, at) => columnDrift(before, now[at] as ValueCounts));
  return judgeDrift(limits(changes), columns, past);
};

describe('alarms of drift', () => {
  for (const rows of [100, 500])
    it(`are rarer than their significance where nothing has moved, on ${rows} rows`, () => {
      const found = Array.from({ length: 200 }, () => pass(rows).findings);
      const [alarms, any] = [
        found.filter((all) => all.some(({ severity }) => severity === 'alarm')).length,
        found.filter((all) => all.length > 0).length,
      ];
      // Chance alone gives 2 of 200 at a significance of 1 %; seven and more are as likely as 1 of 200.
      assert.ok(alarms <= 6 && any <= 6, `${alarms} alarms and ${any} passes with findings, of 200`);
    });

  it('are of size alone for nearly every pass of a hundred rows, so that size alone must not alarm', () => {
    const sure = Array.from({ length: 50 }, () => pass(100, { significance: 1 }).findings);
    assert.ok(sure.filter((all) => all.length > 0).length > 45);
  });

  it('find the column that moved, and no other', () => {
    for (const rows of [500, 2000])
      for (let one = 0; one < 20; one++)
        assert.deepEqual(
          pass(rows, { shift: 0.8 }).findings.map(({ severity, subject }) => [severity, subject]),
          [['alarm', 'size']],
        );
  });

  it('are silent about what is significant and too small to matter', () => {
    const { states, findings } = pass(20_000, { shift: 0.1 });
    assert.ok((states.size?.p ?? 1) < 1e-6);
    assert.deepEqual(findings, []);
  });

  it('wait for so many passes in a row, begin anew after a calm one, and stay until below the warning', () => {
    const course: [number, string][] = [
      [0.8, 'warn'],
      [0, 'calm'],
      [0.8, 'warn'],
      [0.8, 'warn'],
      [0.8, 'alarm'],
      [0.42, 'alarm'],
      [0, 'calm'],
      [0.42, 'warn'],
    ];
    let past = CALM;
    const seen = course.map(([shift]) => {
      const verdict = pass(5000, { shift, past, consecutive: 3 });
      past = verdict.past;
      return { state: verdict.states.size?.state, message: verdict.findings[0]?.message ?? '' };
    });
    assert.deepEqual(
      seen.map(({ state }) => state),
      course.map(([, state]) => state),
    );
    assert.match(seen[3]?.message ?? '', /pass 2 of 3$/);
    assert.match(seen[5]?.message ?? '', /it stays an alarm until below 0\.1$/);
  });
});

describe('drift of the values that came', () => {
  const before = counted('x', [
    ...Array.from({ length: 900 }, (_, i) => i % 9),
    ...Array.from({ length: 100 }, () => null),
  ]);

  it('is none where only more of them are missing, and tells how many are', () => {
    const now = counted('x', [
      ...Array.from({ length: 450 }, (_, i) => i % 9),
      ...Array.from({ length: 550 }, () => null),
    ]);
    const found = presentDrift(before, now);
    assert.ok(found.psi < 1e-3 && found.pooled.p > 0.9 && (found.ks?.statistic ?? 1) < 1e-3, JSON.stringify(found));
    assert.deepEqual([found.rows.current, found.missing], [1000, { baseline: 0.1, current: 0.55 }]);
    assert.ok(columnDrift(before, now).psi > 0.5);
  });

  it('sees values that moved beside those that are missing, and missing ones that came', () => {
    const moved = counted('x', [
      ...Array.from({ length: 450 }, (_, i) => i % 3),
      ...Array.from({ length: 550 }, () => null),
    ]);
    assert.ok(presentDrift(before, moved).psi > 1);
    const came = counted(
      'x',
      Array.from({ length: 900 }, (_, i) => i % 9),
    );
    assert.ok(presentDrift(before, came).psi > 0.5);
    assert.equal(presentDrift(before, counted('x', [null, null])).missing.current, 1);
  });
});

describe('what earlier passes saw', () => {
  const seen = (subject: string, over: boolean, calm = !over) => ({ subject, over, calm });

  it('stays as it was for what this pass did not see', () => {
    const past = { streaks: { a: 1, b: 4 }, raised: ['b'] };
    assert.deepEqual(remember(past, [], 2), past);
    assert.deepEqual(remember(past, [seen('a', true)], 2), { streaks: { a: 2, b: 4 }, raised: ['a', 'b'] });
    assert.deepEqual(remember(past, [seen('b', false, false)], 2), { streaks: { a: 1 }, raised: ['b'] });
    assert.deepEqual(remember(past, [seen('b', false)], 2), { streaks: { a: 1 }, raised: [] });
  });

  it('is the same whatever the order of the subjects', () => {
    const both = [seen('x', true), seen('c', true)];
    const texts = [both, [...both].reverse()].map((order) => JSON.stringify(remember(CALM, order, 1)));
    assert.equal(texts[0], texts[1]);
  });
});

describe('many tests together', () => {
  it('are corrected as Holm does, and never above 1', () => {
    assert.deepEqual(
      holm([0.01, 0.04, 0.03, 0.005]).map((p) => Math.round(p * 1e6) / 1e6),
      [0.03, 0.06, 0.06, 0.02],
    );
    assert.deepEqual([holm([]), holm([0.9, 0.8])], [[], [1, 1]]);
  });
});

describe('the chance of so few events', () => {
  it("is scipy's poisson.cdf", () => {
    for (const [count, mean, wanted] of [
      [0, 5, 0.006737946999085467],
      [3, 10, 0.010336050675925726],
      [20, 20, 0.5590925842313251],
    ] as const)
      assert.ok(Math.abs(poissonBelow(count, mean) - wanted) < 1e-12, `${count} of ${mean}`);
    assert.equal(poissonBelow(0, 0), 1);
  });
});
