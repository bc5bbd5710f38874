import assert from 'node:assert/strict';
import { DATA, KEEP, look, QUICK, TELL } from '../../src/workflows/timeouts.ts';

describe('the times of activities', () => {
  for (const [name, options] of Object.entries({ QUICK, DATA, KEEP, TELL, look: look(60_000) }))
    it(`${name} costs half a minute at most when its worker is killed`, () => {
      assert.ok('heartbeatTimeout' in options, 'a dead worker would be noticed by the end of the attempt only');
      assert.ok(options.heartbeatTimeout <= 30_000);
      assert.ok(options.heartbeatTimeout < options.startToCloseTimeout);
    });
});
