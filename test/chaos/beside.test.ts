import assert from 'node:assert/strict';
import { together } from '../../chaos/beside.ts';
import type { Target } from '../../chaos/points.ts';

describe('chaos runs beside each other', () => {
  const target = (at: string) => ({ phase: 'before', at, victim: 'worker' }) as Target;
  const kill = { ...target('judge'), since: 1_000, back: 3_000 };
  const one = {
    kills: [kill],
    rounds: 1,
    answered: 10,
    lost: 1,
    made: 5,
    left: [target('a'), target('b')],
    broken: [],
  };

  it('are told as one: all kills, all that was lost, and as not come by what none came by', () => {
    const other = { ...one, kills: [kill, kill], left: [target('b'), target('c')], broken: ['seed 2: a job twice'] };
    assert.deepEqual(together([one, other]), {
      ...{ kills: [kill, kill, kill], rounds: 2, answered: 20, lost: 2, made: 10 },
      ...{ left: [target('b')], broken: ['seed 2: a job twice'] },
    });
  });
});
