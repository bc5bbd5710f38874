import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInBrowser } from '../../src/cli/browser.ts';
import { until } from '../support/until.ts';

describe('the browser', () => {
  let folder: string;
  const { BROWSER } = process.env;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-browser-'));
  });
  after(async () => {
    if (BROWSER === undefined) delete process.env.BROWSER;
    else process.env.BROWSER = BROWSER;
    await rm(folder, { recursive: true, force: true });
  });

  it('of the system opens what it is given, whatever stands in its address', async function () {
    if (process.platform !== 'linux') return this.skip();
    const [program, opened] = [join(folder, 'browser'), join(folder, 'opened')];
    await writeFile(program, `#!/bin/sh\nprintf %s "$1" > ${opened}\n`, { mode: 0o700 });
    process.env.BROWSER = program;
    const address = 'http://127.0.0.1:1/login?code=a$(id)&next=%2F;b';
    await openInBrowser(address, assert.fail);
    assert.equal(
      await until('the browser', async () => (await readFile(opened, 'utf8').catch(() => '')) || undefined),
      address,
    );
  });
});
