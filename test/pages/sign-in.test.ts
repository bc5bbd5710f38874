import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PEOPLE, play } from '../api/support.ts';
import { browse, lived, OURS } from './support.ts';

describe('signing in', function () {
  this.timeout(30_000);
  const verbs = { status: async () => lived(), listModels: async () => [] };

  it('is asked of whoever has not, and leads back to where they were going', async () => {
    const browser = await browse({ verbs });
    const away = await browser.get('/models/tiny/ledger?before=9');
    assert.deepEqual([away.status, away.headers.location], [303, '/login?next=%2Fmodels%2Ftiny%2Fledger%3Fbefore%3D9']);
    const { text } = await browser.get(String(away.headers.location));
    assert.match(text, /name="next" value="\/models\/tiny\/ledger\?before=9"/);
    const back = await browser.post('/login', { token: 'token-of-vera', next: '/models/tiny/ledger?before=9' });
    assert.deepEqual([back.status, back.headers.location], [303, '/models/tiny/ledger?before=9']);
    assert.equal((await browser.get('/')).status, 200);
  });

  it('leads to no other site', async () => {
    const browser = await browse({ verbs });
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%0d%0aset-cookie:x',
      'javascript:alert(1)',
    ]) {
      const { headers } = await browser.post('/login', { token: 'token-of-vera', next });
      assert.doesNotMatch(String(headers.location), /evil|javascript/i);
      assert.match(String(headers.location), /^\/(?![/\\])/);
    }
  });

  it('is refused with a token that nobody knows, and shut to an address that guesses', async () => {
    const limits = { address: 100, failed: 2, identity: 100 };
    const browser = await browse({ verbs, options: { limits } });
    for (const _ of [1, 2]) {
      const { status, text } = await browser.post('/login', { token: 'guess' });
      assert.equal(status, 401);
      assert.match(text, /the token is not known, or has ended/);
      assert.doesNotMatch(text, /value="guess"/);
    }
    assert.equal((await browser.post('/login', { token: 'token-of-vera' })).status, 429);
  });

  it('leaves a cookie that scripts and other sites cannot use and that does not tell the token', async () => {
    const browser = await browse({ verbs });
    const plain = String((await browser.post('/login', { token: 'token-of-vera' })).headers['set-cookie']);
    assert.match(plain, /^perennial=[\w-]+; Path=\/; Max-Age=43\d{3}; HttpOnly; SameSite=Strict$/);
    const value = plain.split(/[=;]/)[1] ?? '';
    for (const text of [value, Buffer.from(value, 'base64url').toString('latin1')]) assert.doesNotMatch(text, /vera/);
    const behind = await browse({ verbs, options: { trustProxy: ['127.0.0.1'] } });
    const secure = { ...OURS, 'x-forwarded-proto': 'https' };
    const { headers } = await behind.post('/login', { token: 'token-of-vera' }, secure);
    assert.match(String(headers['set-cookie']), /^__Host-perennial=.*; SameSite=Strict; Secure$/);
  });

  it('lasts over a restart and in another process by the same key, and by no other', async () => {
    const key = randomBytes(32);
    const { cookie } = await browse({ as: 'vera', verbs, options: { sessionKey: key } });
    const again = await browse({ verbs, cookie, options: { sessionKey: key } });
    assert.equal((await again.get('/')).status, 200);
    const other = await browse({ verbs, cookie });
    assert.equal((await other.get('/')).status, 303);
    const at = cookie.length - 3;
    const bent = `${cookie.slice(0, at)}${cookie[at] === 'A' ? 'B' : 'A'}${cookie.slice(at + 1)}`;
    const forged = await browse({ verbs, cookie: bent, options: { sessionKey: key } });
    assert.equal((await forged.get('/')).status, 303);
  });

  it('ends with the token: one that is taken out is out at once, and one that ends takes its session along', async () => {
    const people = { ...PEOPLE };
    const authenticate = async (token: string) => people[token];
    const browser = await browse({ as: 'vera', verbs, authenticate });
    assert.equal((await browser.get('/')).status, 200);
    delete people['token-of-vera'];
    assert.equal((await browser.get('/')).status, 303);
    const until = Date.now() + 90_000;
    const short = await browse({ verbs, authenticate: async () => ({ by: 'vera', role: 'viewer', until }) });
    const { headers } = await short.post('/login', { token: 'any' });
    assert.match(String(headers['set-cookie']), /Max-Age=(8\d|90);/);
  });

  it('ends when one signs out', async () => {
    const browser = await browse({ as: 'vera', verbs });
    const { headers } = await browser.post('/logout', {});
    assert.match(String(headers['set-cookie']), /^perennial=; Path=\/; Max-Age=0/);
    assert.equal((await browser.get('/')).status, 303);
  });

  it('opens the pages and the events that they listen to, and nothing else of the API', async () => {
    const { cookie } = await browse({ as: 'anna', verbs, options: { sessionKey: Buffer.alloc(32, 1) } });
    const { ask } = await play({ verbs, options: { sessionKey: Buffer.alloc(32, 1) } });
    for (const [method, path] of [
      ['GET', '/v1/models'],
      ['POST', '/v1/models/tiny/pause'],
      ['GET', '/metrics'],
    ] as const)
      assert.equal(
        (await ask(method, path, { headers: { cookie }, body: method === 'POST' ? {} : undefined })).status,
        401,
        path,
      );
  });
});
