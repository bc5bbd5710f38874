/** The CLI as people run it: a process of its own. */
import { execa } from 'execa';
import { ROOT } from '../../local/home.ts';

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

/** Runs `perennial`; with only these variables beside PATH and HOME. */
export async function perennial(words: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
  const { stdout, stderr, exitCode } = await execa('bin/perennial.mjs', [...words], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    extendEnv: false,
    reject: false,
    input,
    timeout: 120_000,
  });
  return { stdout, stderr, exitCode };
}
