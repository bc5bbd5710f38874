import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { oidc } from '../../src/api/oidc.ts';
import { play, problemOf } from './support.ts';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

describe('tokens of an issuer', () => {
  let issuer: string;
  let server: Server;
  let keys: Pair;
  let others: Pair;
  let answers = true;
  let asked: string[] = [];
  const audience = 'perennial';

  before(async () => {
    [keys, others] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    server = createServer(({ url = '' }, response) => {
      asked.push(url);
      const told: unknown = url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` };
      response.writeHead(answers ? 200 : 500, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close());
  beforeEach(() => {
    asked = [];
    answers = true;
  });

  const config = (more = {}) => ({
    ...{ issuer, audience, identityClaim: 'email', rolesClaim: 'realm_access.roles' },
    ...{ roles: { 'ml-readers': 'viewer', 'ml-ops': 'operator', 'ml-leads': 'approver' }, ...more },
  });
  const claims = { email: 'ann@example.com', realm_access: { roles: ['other', 'ml-readers', 'ml-ops'] } };
  const signed = (more: JWTPayload = {}, { pair = keys, kid = 'one', ends = '5m' } = {}) =>
    new SignJWT({ ...claims, ...more })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setIssuer(String(more.iss ?? issuer))
      .setAudience(String(more.aud ?? audience))
      .setExpirationTime(ends)
      .sign(pair.privateKey);

  it('say who it is and the highest of the roles that they stand for, until they end', async () => {
    const found = await oidc(config())(await signed());
    assert.equal(found?.by, 'ann@example.com');
    assert.equal(found?.role, 'operator');
    assert.ok((found?.until ?? 0) > Date.now());
  });

  it('are let in by the API, and what they do is theirs', async () => {
    const { ask } = await play({ authenticate: oidc(config()), verbs: { pause: async () => ({}) as never } });
    const headers = { authorization: `Bearer ${await signed()}` };
    const { body } = await ask('POST', '/v1/models/tiny/pause', { body: {}, headers });
    assert.equal(body.by, 'ann@example.com');
    problemOf(await ask('POST', '/v1/models/tiny/retire', { body: { confirm: 'tiny' }, headers }), 403);
  });

  it('are checked by keys that are fetched once', async () => {
    const authenticate = oidc(config());
    for (const _ of [1, 2, 3]) assert.ok(await authenticate(await signed()));
    assert.deepEqual(asked, ['/.well-known/openid-configuration', '/keys']);
  });

  it('are nothing when another signed them, when they ended, or are meant for others', async () => {
    const authenticate = oidc(config());
    const symmetric = new TextEncoder().encode(await exportSPKI(keys.publicKey));
    const wrong = {
      'another key': await signed({}, { pair: others }),
      'a key that is not known': await signed({}, { kid: 'two' }),
      'an end that has passed': await signed({}, { ends: '-5m' }),
      'another audience': await signed({ aud: 'payroll' }),
      'another issuer': await signed({ iss: 'https://elsewhere.example' }),
      'no signature': new UnsecuredJWT(claims).setIssuer(issuer).setAudience(audience).setExpirationTime('5m').encode(),
      'the public key as a password': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: 'one' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime('5m')
        .sign(symmetric),
      'no end': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(issuer)
        .setAudience(audience)
        .sign(keys.privateKey),
    };
    for (const [what, token] of Object.entries(wrong)) assert.equal(await authenticate(token), undefined, what);
    const [head, body, signature] = (await signed()).split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, realm_access: { roles: ['ml-leads'] } })).toString(
      'base64url',
    );
    assert.ok(body);
    assert.equal(await authenticate(`${head}.${forged}.${signature}`), undefined);
  });

  it('without a role or a name of their own let nobody in', async () => {
    const authenticate = oidc(config());
    assert.equal(await authenticate(await signed({ realm_access: { roles: ['other', 'constructor'] } })), undefined);
    assert.equal(await authenticate(await signed({ realm_access: null })), undefined);
    assert.equal(await authenticate(await signed({ email: '' })), undefined);
  });

  it('wait while the issuer does not answer: it is nobody’s fault, and is asked again', async () => {
    const authenticate = oidc(config());
    const { ask } = await play({ authenticate, verbs: { listModels: async () => [] } });
    const headers = { authorization: `Bearer ${await signed()}` };
    answers = false;
    problemOf(await ask('GET', '/v1/models', { headers }), 503);
    answers = true;
    assert.equal((await ask('GET', '/v1/models', { headers })).status, 200);
  });
});
