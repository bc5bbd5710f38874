import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { authenticator } from '../../src/api/authenticate.ts';
import { holderOf, newToken, readTokens } from '../../src/api/tokens.ts';
import { UserError } from '../../src/errors.ts';
import { perennialHere } from '../support/cli.ts';

describe('static tokens', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    file = join(folder, 'tokens');
  });
  after(() => rm(folder, { recursive: true }));

  const write = (text: string, mode = 0o600) => writeFile(file, text).then(() => chmod(file, mode));
  const silent = pino({ level: 'silent' });
  const config = () => ({ logLevel: 'info', tokensFile: file, rate: 1, proxies: [] });

  it('are known by their hashes, and are nowhere', async () => {
    const ann = newToken('ann', 'operator');
    const bob = newToken('bob', 'viewer');
    assert.notEqual(ann.token, bob.token);
    await write(`# who may\n${ann.line}\n\n${bob.line}\n`);
    const tokens = readTokens(file);
    assert.deepEqual(holderOf(tokens, ann.token), { by: 'ann', role: 'operator' });
    assert.deepEqual(holderOf(tokens, bob.token), { by: 'bob', role: 'viewer' });
    assert.equal(holderOf(tokens, `${ann.token}x`), undefined);
    assert.equal(holderOf(tokens, ann.line.split(' ')[2] ?? ''), undefined);
  });

  it('are read from a file that is right and its own only', async () => {
    const { line } = newToken('ann', 'operator');
    const refused = (message: RegExp) =>
      assert.throws(
        () => readTokens(file),
        (error) =>
          error instanceof UserError && message.test(error.message) && !error.message.includes(line.slice(-20)),
      );
    await write(line, 0o644);
    refused(/may be read by others/);
    await write(`${line}\n${line}`);
    refused(/two tokens of "ann"/);
    await write(line.replace('operator', 'root'));
    refused(/tokens:1: "ann" has no role/);
    await write(`\n${line}0`);
    refused(/tokens:2: "ann" has no sha256/);
    await write(`${line} more`);
    refused(/tokens:1 is no token/);
  });

  it('that are taken out of the file are out at once, and a file that went wrong lets nobody in', async () => {
    const ann = newToken('ann', 'operator');
    const bob = newToken('bob', 'viewer');
    await write(`${ann.line}\n${bob.line}\n`);
    const authenticate = authenticator(config(), silent);
    assert.equal((await authenticate(bob.token))?.by, 'bob');
    await write(`${ann.line}\n`);
    assert.equal(await authenticate(bob.token), undefined);
    assert.equal((await authenticate(ann.token))?.by, 'ann');
    await write('what is this');
    assert.equal(await authenticate(ann.token), undefined);
    await write(`${ann.line}\n`);
    assert.equal((await authenticate(ann.token))?.by, 'ann');
  });

  it('are needed, or an issuer is', () => {
    assert.throws(() => authenticator({ ...config(), tokensFile: undefined }, silent), /nobody may use the API/);
  });

  it('are made by a command, which shows each once', async () => {
    await rm(file, { force: true });
    const { stdout, exitCode } = await perennialHere(['token', 'ann', '--role', 'operator', '--file', file]);
    assert.equal(exitCode, 0);
    assert.deepEqual(holderOf(readTokens(file), stdout), { by: 'ann', role: 'operator' });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.ok(!(await readFile(file, 'utf8')).includes(stdout));
    const again = await perennialHere(['token', 'ann', '--role', 'viewer', '--file', file]);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /has a token of ann already; take its line out/);
    for (const words of [['ann', '--role', 'root'], ['a b', '--role', 'viewer'], ['ann']])
      assert.equal((await perennialHere(['token', ...words, '--file', file])).exitCode, 2);
    assert.match((await perennialHere(['token', 'ann', '--role', 'viewer'])).stderr, /there is no file of tokens/);
  });
});
