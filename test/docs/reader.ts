/** A reader of the docs at a desk of his own: what is like a fresh clone, and a laptop cloud that nobody else uses. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type Options } from 'execa';
import { ROOT } from '../../local/home.ts';

export interface Told {
  readonly command: string;
  /** What it printed on both streams, in its order. */
  readonly printed: string;
  readonly exitCode: number | undefined;
}

export interface Reader {
  readonly folder: string;
  /** Runs a command line as written. One that comes to wait for a person is ended by Ctrl-C, as the docs say. */
  does(command: string): Promise<Told>;
  /** What was opened in the browser. */
  opened(): Promise<string[]>;
  leaves(): Promise<void>;
}

/** Of one's own in a clone: the rest is there by links. */
const OWN = ['plans', '.git', '.perennial'];
const WAITS = 'waits for approval until';
const PATIENCE_MS = 600_000;

export async function reader(): Promise<Reader> {
  const home = await mkdtemp(join(tmpdir(), 'perennial-reader-'));
  const folder = join(home, 'perennial');
  await mkdir(join(folder, 'plans'), { recursive: true });
  for (const name of await readdir(ROOT)) if (!OWN.includes(name)) await symlink(join(ROOT, name), join(folder, name));
  for (const name of await readdir(join(ROOT, 'plans')))
    await symlink(join(ROOT, 'plans', name), join(folder, 'plans', name));
  const seen = join(home, 'opened');
  const browser = join(home, 'browser.sh');
  await writeFile(browser, `#!/bin/sh\necho "$1" >> '${seen}'\n`, { mode: 0o700 });
  const env = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, BROWSER: browser },
    ...{ PERENNIAL_HOME: join(home, 'cloud'), PERENNIAL_PORTS: 'any' },
  };
  const options = { cwd: folder, env, extendEnv: false, reject: false, timeout: PATIENCE_MS } as const;
  return {
    folder,
    does: (command) => run(command, options),
    opened: async () => (await readFile(seen, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    async leaves() {
      await run('npx perennial down', options);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function run(command: string, options: Options): Promise<Told> {
  // A group of its own, to which a terminal's Ctrl-C goes.
  const child = execa('bash', ['-c', command], { ...options, detached: true, all: true });
  let printed = '';
  let interrupted = false;
  child.all?.on('data', (piece) => {
    printed += String(piece);
    if (interrupted || !printed.includes(WAITS) || child.pid === undefined) return;
    interrupted = true;
    process.kill(-child.pid, 'SIGINT');
  });
  const { exitCode } = await child;
  return { command, printed, exitCode: interrupted ? 0 : exitCode };
}
