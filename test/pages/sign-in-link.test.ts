import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linksBy } from '../../src/api/links.ts';
import { seal } from '../../src/api/sealed.ts';
import { PEOPLE, type Played, play, problemOf } from '../api/support.ts';
import { perennialHere } from '../support/cli.ts';
import { readPrinted } from '../support/printed.ts';
import { browse, lived } from './support.ts';

describe('a link that signs in', function () {
  this.timeout(30_000);
  const verbs = { status: async () => lived(), listModels: async () => [] };
  const sessionKey = randomBytes(32);
  const link = async ({ ask }: Played, next?: string) =>
    ask('POST', '/v1/sign-in-links', { as: 'vera', body: next === undefined ? {} : { next } });
  const codeOf = (path: string) => new URL(path, 'http://x').searchParams.get('code') ?? '';

  it('is made by whoever has a token, names who signs in, and leads where they wanted', async () => {
    const options = { sessionKey };
    const { status, body } = await link(await play({ verbs, options }), '/models/tiny');
    assert.equal(status, 201);
    const { path, until } = body as { path: string; until: string };
    assert.ok(Date.parse(until) > Date.now());
    assert.doesNotMatch(`${path} ${Buffer.from(codeOf(path), 'base64url').toString('latin1')}`, /token-of/);

    const browser = await browse({ verbs, options });
    const { text } = await browser.get(path);
    assert.match(text, /Sign in as vera \(viewer\)/);
    assert.equal(browser.cookie, '', 'who only looks at it is not signed in');
    const { headers } = await browser.post('/login', { code: codeOf(path), next: '/models/tiny' });
    assert.equal(headers.location, '/models/tiny');
    assert.equal((await browser.get('/')).status, 200);
  });

  it('is good for one sign-in, however often it was looked at', async () => {
    const options = { sessionKey };
    const played = await play({ verbs, options });
    const { path } = (await link(played)).body as { path: string };
    const browser = await browse({ verbs, options });
    for (const _ of [1, 2]) assert.equal((await browser.get(path)).status, 200);
    assert.equal((await browser.post('/login', { code: codeOf(path) })).status, 303);
    const again = await browser.post('/login', { code: codeOf(path) });
    assert.equal(again.status, 401);
    assert.match(again.text, /this link was used, or has ended.*perennial open/s);
    assert.equal((await browser.get(path)).status, 401);
  });

  it('ends after two minutes, and what was taken is not kept for longer', () => {
    let now = 1_000_000;
    const links = linksBy(sessionKey, () => now);
    const { code, until } = links.make('a token');
    assert.equal(until, now + 120_000);
    now = until - 1;
    assert.equal(links.tokenOf(code), 'a token');
    now = until;
    assert.deepEqual([links.tokenOf(code), links.take(code)], [undefined, undefined]);
  });

  it('is of this server, for this purpose, and as it was made', async () => {
    const links = linksBy(sessionKey);
    const { code } = links.make('token-of-vera');
    const bent = `${code.slice(0, 30)}${code[30] === 'A' ? 'B' : 'A'}${code.slice(31)}`;
    const session = seal(sessionKey, 'perennial session 1', `${Date.now() + 60_000} id token-of-vera`);
    for (const wrong of [bent, linksBy(randomBytes(32)).make('token-of-vera').code, session, '', 'x'])
      assert.equal(links.take(wrong), undefined, wrong);
    assert.equal(links.take(code), 'token-of-vera');
  });

  it('is worth no more than its token', async () => {
    const people = { ...PEOPLE };
    const played = await play({ verbs, options: { sessionKey }, authenticate: async (token) => people[token] });
    const { path } = (await link(played)).body as { path: string };
    delete people['token-of-vera'];
    const browser = await browse({ verbs, options: { sessionKey }, authenticate: async (token) => people[token] });
    assert.equal((await browser.get(path)).status, 401);
    assert.equal((await browser.post('/login', { code: codeOf(path) })).status, 401);
    problemOf(await played.ask('POST', '/v1/sign-in-links', { body: {} }), 401);
  });

  it('leads to no other site', async () => {
    const played = await play({ verbs });
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])
      problemOf(await link(played, next), 400);
  });

  it('is not made by a form of another site, nor by a session', async () => {
    const browser = await browse({ as: 'vera', verbs });
    assert.equal((await browser.post('/v1/sign-in-links', {})).status, 401);
    const { text } = await browser.post('/login', { code: 'x' }, { 'sec-fetch-site': 'cross-site' });
    assert.match(text, /the form was sent from another site/);
  });
});

describe('perennial open', () => {
  const verbs = { status: async () => lived(), listModels: async () => [] };
  let folder: string;
  let tokenFile: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-open-'));
    tokenFile = join(folder, 'token');
    await writeFile(tokenFile, 'token-of-vera\n', { mode: 0o600 });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('shows a link to the fleet, or to a model', async () => {
    const { api } = await play({ verbs });
    const PERENNIAL_API = await api.listen({ host: '127.0.0.1', port: 0 });
    try {
      const env = { PERENNIAL_API, PERENNIAL_API_TOKEN_FILE: tokenFile };
      const { url } = readPrinted<{ url: string }>('open', await perennialHere(['open', 'tiny', '--json'], env));
      assert.match(await (await fetch(url)).text(), /name="next" value="\/models\/tiny".*Sign in as vera/s);
      const fleet = await perennialHere(['open', '--print'], env);
      assert.match(fleet.stdout, new RegExp(`^${PERENNIAL_API}/login\\?code=[\\w-]+&next=%2F$`));
    } finally {
      await api.close();
    }
  });

  it('says in one line what is in the way', async () => {
    const { api } = await play({ verbs, authenticate: async () => undefined });
    const PERENNIAL_API = await api.listen({ host: '127.0.0.1', port: 0 });
    const refused = await perennialHere(['open'], { PERENNIAL_API, PERENNIAL_API_TOKEN_FILE: tokenFile });
    await api.close();
    const gone = await perennialHere(['open'], { PERENNIAL_API, PERENNIAL_API_TOKEN_FILE: tokenFile });
    const readable = join(folder, 'readable');
    await writeFile(readable, 'token-of-vera', { mode: 0o644 });
    const bare = await perennialHere(['open'], { PERENNIAL_API, PERENNIAL_API_TOKEN_FILE: readable });
    const nowhere = await perennialHere(['open'], { PERENNIAL_API: 'ftp://x', PERENNIAL_API_TOKEN_FILE: tokenFile });
    const open = await perennialHere(['open'], { PERENNIAL_API: 'http://a.test', PERENNIAL_API_TOKEN_FILE: tokenFile });
    for (const [ran, words] of [
      [refused, /refuses \(401\): the token is not known, or has ended/],
      [gone, /does not answer \(ECONNREFUSED\)/],
      [bare, /may be read by others than its owner/],
      [nowhere, /PERENNIAL_API: /],
      [open, /the token would travel to a\.test for all to read/],
    ] as const) {
      assert.equal(ran.exitCode, 2);
      assert.match(ran.stderr, words);
      assert.equal(ran.stderr.split('\n').length, 1);
    }
  });
});
