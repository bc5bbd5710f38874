import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { fuzzing } from './runs.ts';

// Imported as the commands import what they need: by mocha's own way every class of errors would be there twice.
const { commands } = await import('../../src/cli/commands.ts');
const { main } = await import('../../src/cli/main.ts');

/** These run until they are stopped. */
const { worker: _, 'codec-server': __, ...ending } = commands;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In this process: what is written is kept, and standard input holds `input`. */
async function run(words: readonly string[], input: string): Promise<Ran> {
  const { stdout, stderr } = process;
  const written = { out: '', err: '' };
  const kept = { out: stdout.write, err: stderr.write, in: Object.getOwnPropertyDescriptor(process, 'stdin') };
  const keep = (where: 'out' | 'err') => (text: string) => {
    written[where] += text;
    return true;
  };
  stdout.write = keep('out') as typeof stdout.write;
  stderr.write = keep('err') as typeof stderr.write;
  Object.defineProperty(process, 'stdin', { configurable: true, value: Readable.from([Buffer.from(input)]) });
  const listeners = stdout.listeners('error');
  try {
    return { code: await main(words, ending), ...written };
  } finally {
    stdout.write = kept.out;
    stderr.write = kept.err;
    if (kept.in) Object.defineProperty(process, 'stdin', kept.in);
    for (const one of stdout.listeners('error')) if (!listeners.includes(one)) stdout.off('error', one as () => void);
  }
}

describe('command lines of any kind', function () {
  this.timeout(120_000);
  const before_ = process.env.TEMPORAL_CONFIG_FILE;
  // Nobody is asked: a settings file that is a folder ends what would connect, at once and as a user's error.
  before(() => {
    process.env.TEMPORAL_CONFIG_FILE = '/';
  });
  after(() => {
    if (before_ === undefined) delete process.env.TEMPORAL_CONFIG_FILE;
    else process.env.TEMPORAL_CONFIG_FILE = before_;
  });

  const flags = [...new Set(Object.values(ending).flatMap(({ args }) => Object.keys(args)))];
  const text = fc.oneof(
    fc.constantFrom(
      'm',
      '.',
      '1',
      '0',
      '-1',
      '1e9',
      '2001-01-01',
      '{}',
      '[]',
      '@package.json',
      '@/',
      '-',
      '--',
      '',
      '../..',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.json({ maxDepth: 2 }),
    fc.constant('x'.repeat(5_000)),
  );
  const flag = fc.oneof(
    fc.constantFrom(...flags, 'json', 'help', 'no-wait', '__proto__', 'constructor').map((name) => `--${name}`),
    fc.tuple(fc.constantFrom(...flags), text).map(([name, value]) => `--${name}=${value}`),
    fc.constantFrom('-h', '-v', '-x', '---', '-'),
  );
  const verb = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...Object.keys(ending)) },
    { weight: 1, arbitrary: fc.oneof(text, fc.constantFrom('help', '--version', 'toString', '__proto__')) },
  );
  const words = fc
    .tuple(verb, fc.array(fc.oneof(text, flag), { maxLength: 6 }))
    .map(([first, rest]) => [first, ...rest]);

  it('end with 0 or 2, a line that says what was wrong and what mends it, and never a stack', async () => {
    await fc.assert(
      fc.asyncProperty(words, text, async (words, input) => {
        const { code, out, err } = await run(words, input);
        assert.ok(code === 0 || code === 2, `exit code ${code}: ${err}`);
        assert.doesNotMatch(err, /\n\s+at .*[:(]/, 'a stack');
        if (code === 0) return assert.equal(err, '');
        if (words.slice(1).includes('--json')) {
          const { error } = JSON.parse(out) as { error: { message: string; hint?: string; problems?: unknown[] } };
          assert.ok(error.message && (error.hint || error.problems?.length), out);
        } else assert.ok(err.trim() !== '' || words.length === 0, 'nothing was said');
      }),
      fuzzing(400),
    );
  });
});
