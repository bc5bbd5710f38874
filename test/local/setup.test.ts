import assert from 'node:assert/strict';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ROOT } from '../../local/home.ts';

/** Stands for a Python: tells its version, makes an environment of itself, and notes what pip is asked. */
const fakePython = (version: string, venv: boolean) => `#!/bin/sh
case "$1 $2" in
  "-c "*) echo "${version} ${venv ? 'True' : 'False'}" ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") echo pip >> "$PIP_LOG" ;;
esac
`;

describe('the set-up', () => {
  let clone: string;
  let tools: string;

  const setUp = (...flags: string[]) =>
    execa(process.execPath, [join(clone, 'scripts', 'setup.mjs'), ...flags], {
      env: { PATH: tools, PIP_LOG: join(clone, 'pip.log') },
      extendEnv: false,
      reject: false,
    });
  const tool = async (name: string, text: string) => {
    await writeFile(join(tools, name), text);
    await chmod(join(tools, name), 0o755);
  };
  const pipRuns = async () => (await readFile(join(clone, 'pip.log'), 'utf8')).trim().split('\n').length;

  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), 'perennial-setup-'));
    tools = join(clone, 'tools');
    for (const folder of ['scripts', 'local', 'tools']) await mkdir(join(clone, folder));
    for (const name of ['setup.mjs', 'spark-jars.mjs'])
      await copyFile(join(ROOT, 'scripts', name), join(clone, 'scripts', name));
    await writeFile(join(clone, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
    await writeFile(join(clone, 'local', 'requirements.txt'), 'thing==1\n');
    for (const name of ['sh', 'mkdir', 'cp']) await symlink(`/bin/${name}`, join(tools, name));
  });
  afterEach(() => rm(clone, { recursive: true, force: true }));

  it('says what to install when there is no Python', async () => {
    const { exitCode, stderr } = await setUp();
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^set-up: Python 3\.10 or newer with the venv module is needed: .*install.* no python3 is on/m,
    );
  });

  it('names the version of a Python that is too old, and the mend', async () => {
    await tool('python3', fakePython('3 8', true));
    const { exitCode, stderr } = await setUp();
    assert.equal(exitCode, 2);
    assert.match(stderr, /Found: python3 is 3\.8\./);
  });

  it('names the venv module when a Python lacks it', async () => {
    await tool('python3', fakePython('3 12', false));
    const { exitCode, stderr } = await setUp();
    assert.equal(exitCode, 2);
    assert.match(stderr, /Found: python3 is 3\.12, but has no venv or no ensurepip\./);
  });

  it('takes a newer Python of another name when python3 is too old', async () => {
    await tool('python3', fakePython('3 9', true));
    await tool('python3.12', fakePython('3 12', true));
    const { exitCode, stderr } = await setUp();
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /making \.venv with python3\.12/);
  });

  it('does nothing the second time, and installs again when the lock has changed', async () => {
    await tool('python3', fakePython('3 11', true));
    assert.equal((await setUp()).exitCode, 0);
    const second = await setUp();
    assert.equal(second.exitCode, 0);
    assert.equal(second.stderr, '');
    assert.equal(await pipRuns(), 1);

    await writeFile(join(clone, 'local', 'requirements.txt'), 'thing==2\n');
    assert.match((await setUp()).stderr, /installing Python packages/);
    assert.equal(await pipRuns(), 2);
  });

  it('makes an environment again whose Python is gone', async () => {
    await tool('python3', fakePython('3 11', true));
    await setUp();
    await rm(join(clone, '.venv', 'bin', 'python'));
    assert.match((await setUp()).stderr, /making \.venv/);
  });

  it("makes the environment of the tests' clients only when it is asked to", async () => {
    await mkdir(join(clone, 'test', 'clients'), { recursive: true });
    await writeFile(join(clone, 'test', 'clients', 'requirements.txt'), 'client==1\n');
    await tool('python3', fakePython('3 11', true));
    assert.doesNotMatch((await setUp()).stderr, /clients/);
    assert.match((await setUp('--clients')).stderr, /making \.venv-clients .*test\/clients\/requirements\.txt/s);
    assert.equal((await setUp('--clients')).stderr, '');
  });

  it('names npm when modules are missing and npm cannot be run', async () => {
    const packages = { '': {}, 'node_modules/thing': { version: '1.0.0' } };
    await writeFile(join(clone, 'package-lock.json'), JSON.stringify({ packages }));
    const { exitCode, stderr } = await setUp();
    assert.equal(exitCode, 2);
    assert.match(stderr, /npm is needed, and could not be run/);
  });
});
