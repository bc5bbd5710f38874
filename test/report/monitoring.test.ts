import assert from 'node:assert/strict';
import type { ColumnDrift } from '../../src/data/drift.ts';
import type { MonitorDetails } from '../../src/data/monitoring.ts';
import { driftSection } from '../../src/report/monitoring-drift.ts';

const chi = { statistic: 1, degrees: 1, p: 0.5 };
const column = (name: string, psi: number): ColumnDrift => ({
  column: name,
  kind: 'text',
  rows: { baseline: 100, current: 100 },
  missing: { baseline: 0, current: 0 },
  ...{ psi, jensenShannon: psi, totalVariation: psi, chiSquare: chi, pooled: chi },
  bins: [
    { bin: 'one', baseline: 0.5, current: 0.5 - psi },
    { bin: 'two', baseline: 0.5, current: 0.5 + psi },
  ],
});

async function sectionOf(names: readonly string[]): Promise<string> {
  const drift = {
    ...{ method: 'psi', warn: 0.1, alarm: 0.25, minRows: 10, judged: true, significance: 0.01, consecutive: 2 },
    ...{ unjudged: {}, states: {}, columns: names.map((name, at) => column(name, at / 100)) },
  };
  return (await driftSection({ drift, captured: { rows: 100 } } as unknown as MonitorDetails)).text;
}

const shown = (part: string): string[] =>
  [...part.matchAll(/aria-label="([a-z]+), share of rows in each bin/g)].map(([, name = '']) => name).sort();

describe('the drift in a monitoring report', () => {
  const names = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal'];

  it('shows then and now of every column, those that moved most at once and the others when asked', async () => {
    const page = await sectionOf(names);
    const [open = '', folded = ''] = page.split('<details>');
    assert.deepEqual(shown(open), ['cid', 'dan', 'eve', 'fay', 'gus', 'hal']);
    assert.deepEqual(shown(folded), ['ann', 'bob']);
    assert.match(folded, /<summary>2 more columns, bin by bin<\/summary>/);
  });

  it('folds nothing where there is little to see', async () => {
    const page = await sectionOf(names.slice(0, 6));
    assert.deepEqual(shown(page), names.slice(0, 6));
    assert.doesNotMatch(page, /<details>/);
  });
});
