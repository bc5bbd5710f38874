import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { freePort } from '../../local/ports.ts';

describe('ports of the laptop cloud', () => {
  it('are the usual ones, or the next free ones when those are taken or given away', async () => {
    const usual = await freePort(0);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(usual, '127.0.0.1', resolve));
    try {
      const next = await freePort(usual);
      assert.ok(next > usual);
      assert.ok((await freePort(usual, new Set([next]))) > next);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('are never the same twice', async () => {
    const first = await freePort(0);
    assert.notEqual(await freePort(first, new Set([first])), first);
  });
});
