import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../local/home.ts';
import { perennial, perennialHere, type Ran } from '../support/cli.ts';

/** A user's error: nothing on standard output, one line that names what was found and what mends it, exit code 2. */
function refused({ stdout, stderr, exitCode }: Ran, line: RegExp): void {
  assert.match(stderr, line);
  assert.equal(stderr.split('\n').length, 1, stderr);
  assert.equal(stdout, '');
  assert.equal(exitCode, 2);
}

describe('perennial', () => {
  const nowhere = { PERENNIAL_HOME: join(tmpdir(), 'perennial-there-is-none') };
  const run = (...words: string[]) => perennial(words, nowhere);
  const runHere = (...words: string[]) => perennialHere(words, nowhere);

  it('tells its commands and its version', async () => {
    const help = await run('--help');
    assert.equal(help.exitCode, 0);
    for (const name of [
      'validate',
      'apply',
      'run',
      'status',
      'approve',
      'reject',
      'predict',
      'labels',
      'sweep',
      'rollback',
      'up',
      'down',
      'env',
    ])
      assert.match(help.stdout, new RegExp(`^ +${name} `, 'm'));
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    assert.equal((await run('--version')).stdout, version);
  });

  it('tells what a command takes', async () => {
    const { stdout, exitCode } = await runHere('run', '--help');
    assert.equal(exitCode, 0);
    for (const flag of ['--wait', '--as-of', '--json']) assert.ok(stdout.includes(flag), stdout);
  });

  it('shows no escape codes where there is no terminal', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    assert.doesNotMatch((await run('--help')).stdout, /\x1b/);
  });

  it('refuses a command that there is not in a line with a mend', async () => {
    refused(await run('valdate', 'x'), /there is no command "valdate"; did you mean `perennial validate`\?/);
  });

  for (const [words, line] of [
    [['run', 'm', '--wiat'], /there is no flag --wiat; did you mean --wait\?/],
    [['run'], /<model> is missing: .*; see `perennial run --help`/],
    [['run', 'm', 'n'], /"n" is one word too many; see `perennial run --help`/],
    [['run', 'm', '--as-of'], /--as-of needs a value \(instant\)/],
    [['run', 'm', '--wait=yes'], /--wait takes no value, found "yes"/],
    [['run', 'm', '--by', 'a', '--by', 'b'], /--by is given twice/],
    [['run', 'm', '--as-of', 'yesterday'], /--as-of is "yesterday"; give an instant such as/],
    [['run', 'm', '--as-of', '2001-02-31T25:00:00Z'], /--as-of is "2001-02-31T25:00:00Z"/],
    [['backtest', 'm', '--to', '2001-04-01'], /--from is missing; give an instant such as/],
    [['backtest', 'm', '--from', '2001-03-01', '--to', '2001-04-01', '--every', 'often'], /--every is "often"; give a/],
    [['rollback', 'm', '--to', 'zero'], /--to is "zero"; give a whole number/],
    [['retire', 'm'], /m would no longer serve: .*; if that is meant: perennial retire m --yes/],
    [['status', 'No Model!'], /"No Model!" is no name of a model; /],
    [['predict', 'm', '--data', '{'], /--data is not JSON: .*; give a JSON object/],
    [['predict', 'm', '--data', '3'], /--data: found 3; give a JSON object/],
    [['predict', 'm', '--data', '@nowhere.json'], /nowhere\.json cannot be read \(ENOENT\); name a file/],
    [['predict', 'm'], /standard input is empty; give a JSON object/],
    [['labels', 'm', '--data', '{"id":"a/0"}'], /--data has no outcome; give \{"id"/],
    [['labels', 'm', '--data', 'a,b'], /--data is neither JSON nor CSV with the columns id and outcome; give/],
    [['labels', 'm'], /standard input is empty; give/],
    [['sweep', '--older-than', 'long'], /--older-than is "long"; give a duration such as 30 days/],
    [['env'], /no laptop cloud is running in .*; start it with `perennial up`/],
  ] as const)
    it(`refuses \`${words.join(' ')}\` in a line with a mend`, async () => refused(await runHere(...words), line));

  it('says as JSON what was wrong, when JSON was asked for', async () => {
    const { stdout, exitCode } = await run('rollback', 'm', '--to', 'zero', '--json');
    assert.equal(exitCode, 2);
    assert.deepEqual(JSON.parse(stdout), {
      error: { message: '--to is "zero"', hint: 'give a whole number from 1 on' },
    });
  });

  it('says where Temporal was looked for when it does not answer', async () => {
    const unreachable = { ...nowhere, TEMPORAL_ADDRESS: '127.0.0.1:1', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    refused(await perennial(['status'], unreachable), /Temporal does not answer at 127\.0\.0\.1:1: .*; start it with/);
  });

  describe('validate', () => {
    let folder: string;
    beforeEach(async () => {
      folder = join(await mkdtemp(join(tmpdir(), 'perennial-plan-')), 'flight-delays');
      await cp(join(ROOT, 'plans', 'flight-delays'), folder, { recursive: true });
    });
    afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));
    const rewrite = async (from: string, to: string) => {
      const path = join(folder, 'plan.yaml');
      await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
    };

    it('finds nothing wrong with the example', async () => {
      const { stdout, exitCode } = await run('validate', folder, '--json');
      assert.equal(exitCode, 0);
      const found = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual({ ...found, hash: '' }, { model: 'flight-delays', hash: '', valid: true });
      assert.match(String(found.hash), /^[0-9a-f]{64}$/);
    });

    it('names file, line, place, what it found and the mend of everything that is wrong', async () => {
      await rewrite('window: 60 days', 'window: 60 moons');
      await rewrite('label: late', 'lable: late');
      const { stderr, stdout, exitCode } = await runHere('validate', folder);
      assert.equal(exitCode, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^flight-delays\/plan\.yaml:\d+: collect\.window: found "60 moons"; .+$/m);
      assert.match(
        stderr,
        /^flight-delays\/plan\.yaml:\d+: prepare\.lable: there is no such key; did you mean label\?$/m,
      );
      const json = JSON.parse((await runHere('validate', folder, '--json')).stdout);
      assert.ok(json.error.problems.some(({ path }: { path: string }) => path === 'collect.window'));
    });

    it('says so when there is no plan', async () => {
      refused(
        await runHere('validate', join(folder, 'nothing')),
        /nothing\/plan\.yaml: there is no such file; name a folder/,
      );
    });
  });
});
