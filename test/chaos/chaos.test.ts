import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaos } from '../../chaos/run.ts';

const KILLS = 24;
const SEED = 11;

describe('a story that is killed at two dozen places', function () {
  this.timeout(1_800_000);
  let home: string;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'perennial-chaos-'));
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('ends as in peace, with nothing lost and nothing paid twice', async () => {
    const said: string[] = [];
    const result = await chaos({ home, seed: SEED, kills: KILLS, models: 2, say: (line) => said.push(line) });
    assert.deepEqual(result.broken, [], said.join('\n'));
    assert.equal(result.kills.length, KILLS);
    assert.ok(result.answered > 0);
  });
});
