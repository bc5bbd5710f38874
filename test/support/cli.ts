/** The CLI as people run it: a process of its own; and the same in the test's own process, a hundred times as fast. */
import { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { run } from '../../local/cli.ts';
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

/** The same without a process: for what a command line means, not for how a process begins, is interrupted and ends. */
export async function perennialHere(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const said = { stdout: collector(), stderr: collector() };
  const restore = replace({ stdin: Readable.from([]), stdout: said.stdout.stream, stderr: said.stderr.stream });
  const before = process.env;
  process.env = { PATH: before.PATH, HOME: before.HOME, ...env };
  try {
    const exitCode = await run(words);
    return { stdout: said.stdout.text(), stderr: said.stderr.text(), exitCode };
  } finally {
    process.env = before;
    restore();
  }
}

function collector(): { stream: Writable; text(): string } {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _, done) {
      pieces.push(String(piece));
      done();
    },
  });
  // As execa does.
  return { stream, text: () => pieces.join('').replace(/\n$/, '') };
}

function replace(streams: Readonly<Record<string, unknown>>): () => void {
  const kept = Object.keys(streams).map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const);
  for (const [name, value] of Object.entries(streams))
    Object.defineProperty(process, name, { value, configurable: true });
  return () => {
    for (const [name, descriptor] of kept) if (descriptor) Object.defineProperty(process, name, descriptor);
  };
}
