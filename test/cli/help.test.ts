import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { readArguments } from '../../src/cli/arguments.ts';
import { commands } from '../../src/cli/commands.ts';
import { completionScript, SHELLS } from '../../src/cli/completion.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { perennialHere } from '../support/cli.ts';
import { words } from '../support/words.ts';

const JSON_FLAG = { json: { type: 'boolean' } } as const;
describe('help', () => {
  const nowhere = { PERENNIAL_HOME: join(tmpdir(), 'perennial-there-is-none') };

  for (const [name, { examples, args }] of Object.entries(commands))
    it(`shows examples of ${name} that the command takes`, async () => {
      assert.ok(Object.keys(examples).length > 0);
      for (const line of Object.keys(examples)) {
        const [called, ...rest] = words(line);
        assert.equal(called, name);
        readArguments(rest, { ...args, ...JSON_FLAG }, name);
      }
      const { stdout } = await perennialHere([name, '--help'], nowhere);
      for (const [line, what] of Object.entries(examples)) {
        assert.ok(stdout.includes(`perennial ${line}`), stdout);
        assert.ok(stdout.includes(what), stdout);
      }
    });
});

describe('completion', () => {
  for (const shell of SHELLS)
    it(`in ${shell} knows every command and flag`, () => {
      const script = completionScript(shell, commands);
      for (const [name, { args }] of Object.entries(commands)) {
        assert.ok(script.includes(name), name);
        const flags = Object.entries(args).filter(([, arg]) => arg.type !== 'positional' && arg.default !== true);
        for (const [flag] of flags) assert.ok(script.includes(shell === 'fish' ? `-l ${flag}` : `--${flag}`), flag);
      }
    });

  it('completes what a person types in bash, models by asking for them', async () => {
    const asked = [
      ['ro'],
      ['run', 'fl'],
      ['run', 'flights', '--wa'],
      ['run', 'flights', '--by', ''],
      ['validate', 'pla'],
      ['completion', 'z'],
    ];
    const script = [
      'perennial() { [ "$*" = "completion models" ] && printf "flights\\nfleet\\ncars\\n"; }',
      completionScript('bash', commands),
      `type() { COMP_WORDS=(perennial "$@"); COMP_CWORD=$#; _perennial; echo "\${COMPREPLY[*]}"; }`,
      ...asked.map((line) => `type ${line.map((word) => `'${word}'`).join(' ')}`),
    ].join('\n');
    const { stdout } = await execa('bash', ['--norc', '-c', script]);
    assert.deepEqual(stdout.split('\n'), ['rollback', 'flights fleet', '--wait', '', 'plans', 'zsh']);
  });

  it('gives no models, and no error, where Temporal does not answer', async () => {
    const env = { PERENNIAL_HOME: join(tmpdir(), 'perennial-there-is-none'), TEMPORAL_ADDRESS: '127.0.0.1:1' };
    assert.deepEqual(await perennialHere(['completion', 'models'], env), { stdout: '', stderr: '', exitCode: 0 });
    const { stderr, exitCode } = await perennialHere(['completion', 'fihs'], env);
    assert.deepEqual([stderr, exitCode], ['there is no completion for "fihs"; did you mean fish?', 2]);
  });
});

describe('colours', () => {
  const RED = '\u001b[31mred\u001b[39m';
  const print = (env: Record<string, string>, isTTY: boolean): string => {
    const before = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
    let said = '';
    const stdout = { isTTY, write: (text: string) => (said += text) };
    Object.defineProperty(process, 'stdout', { value: stdout, configurable: true });
    try {
      createTerminal(env).print(RED);
    } finally {
      Object.defineProperty(process, 'stdout', before);
    }
    return said.trimEnd();
  };

  it('are for a terminal, unless NO_COLOR or FORCE_COLOR says otherwise', () => {
    assert.equal(print({}, true), RED);
    assert.equal(print({}, false), 'red');
    assert.equal(print({ NO_COLOR: '1' }, true), 'red');
    assert.equal(print({ FORCE_COLOR: '1' }, false), RED);
    assert.equal(print({ FORCE_COLOR: '0' }, false), 'red');
  });
});
