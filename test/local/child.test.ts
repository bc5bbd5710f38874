import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child, type ChildSpec } from '../../local/child.ts';
import { type Reaper, startReaper } from '../../local/reap.ts';
import { until } from '../support/until.ts';

const SAYS_READY = "process.send('ready'); setInterval(() => {}, 1e6);";

describe('a child of the supervisor', () => {
  let folder: string;
  let reaper: Reaper;
  const said: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-child-'));
    reaper = startReaper();
  });
  after(async () => {
    await reaper.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => said.splice(0));

  const start = (script: string, spec: Partial<ChildSpec> = {}, gaveUp = (_: Error) => {}) => {
    const log = join(folder, 'child.log');
    const events = { say: (line: string) => said.push(line), started: () => {}, gaveUp };
    return new Child(
      {
        name: 'thing',
        command: process.execPath,
        args: ['-e', script],
        env: {},
        log,
        readyWithinMs: 20_000,
        graceMs: 5_000,
        backoffMs: 1,
        ...spec,
      },
      reaper,
      events,
    );
  };

  it('that ends while it starts fails with the end of its log', async () => {
    const child = start("console.error('the disk is full'); process.exit(3)");
    await assert.rejects(child.start(), /thing ended while it started\n.*child\.log:\n {2}\| the disk is full/s);
  });

  it('that cannot be started fails in words', async () => {
    const child = start('', { command: join(folder, 'nothing') });
    await assert.rejects(child.start(), /thing ended while it started/);
    assert.match(said.join(), /ENOENT/);
  });

  it('that is not healthy in time fails, and can be stopped', async () => {
    const child = start('setInterval(() => {}, 1e6)', { readyWithinMs: 200 });
    await assert.rejects(child.start(), /was not healthy within 0\.2 s/);
    await child.stop();
  });

  it('that crashes is started again, a bounded number of times', async () => {
    let failure: Error | undefined;
    const child = start('process.exit(1)', { healthy: async () => {} }, (error) => {
      failure = error;
    });
    await child.start();
    const found = await until('it to give up', () => failure);
    assert.match(found.message, /did not come back after 5 restarts/);
    assert.equal(said.filter((line) => /starting it again/.test(line)).length, 5);
  });

  it('that served for a while before it crashes is started again at once, however often', async () => {
    const child = start('process.exit(1)', { healthy: async () => {}, steadyMs: 0, backoffMs: 1e6 }, assert.fail);
    await child.start();
    await until('more restarts than are tried in a row', () => said.filter((line) => /is back/.test(line)).length > 8);
    await child.stop();
  });

  it('that does not listen to SIGTERM is killed, with all that it has started', async () => {
    const grandchild = join(folder, 'grandchild.pid');
    const script = `
      process.on('SIGTERM', () => {});
      const { spawn } = require('node:child_process');
      const other = spawn('sleep', ['1000']);
      require('node:fs').writeFileSync(${JSON.stringify(grandchild)}, String(other.pid));
      ${SAYS_READY}`;
    const child = start(script, { graceMs: 300 });
    await child.start();
    await child.stop();
    const pid = Number(await readFile(grandchild, 'utf8'));
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
    assert.match(said.join(), /was killed/);
  });
});
