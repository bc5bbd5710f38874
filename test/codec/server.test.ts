import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import { createCodec } from '../../src/codec/codec.ts';
import { reply } from '../../src/codec/remote.ts';
import { type CodecServer, type CodecServerOptions, startCodecServer } from '../../src/codec/server.ts';

const PAGE = 'http://127.0.0.1:8233';
const PLAIN = { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'IngSCg==' }] };

describe('the codec server', () => {
  const codec = createCodec([{ id: 'a', secret: createSecretKey(randomBytes(32)) }]);
  const running: CodecServer[] = [];
  const start = async (more: Partial<CodecServerOptions> = {}) => {
    const server = await startCodecServer({ host: '127.0.0.1', port: 0, codec, origins: [PAGE], ...more });
    running.push(server);
    return server.url;
  };
  let url: string;
  before(async () => {
    url = await start();
  });
  after(() => Promise.all(running.map((server) => server.close())));

  const post = (to: string, body: unknown, headers: Record<string, string> = { origin: PAGE }) =>
    fetch(to, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('encrypts and decrypts for a page of the Web UI, at any depth', async () => {
    const sealed = await post(`${url}/encode`, PLAIN);
    assert.equal(sealed.headers.get('access-control-allow-origin'), PAGE);
    const body = (await sealed.json()) as typeof PLAIN;
    assert.equal(Buffer.from(body.payloads[0]?.metadata.encoding ?? '', 'base64').toString(), 'binary/encrypted');
    assert.deepEqual(await (await post(`${url}/some/where/decode`, body)).json(), PLAIN);
  });

  it('answers a preflight of its pages only', async () => {
    const ask = (origin: string) => fetch(`${url}/decode`, { method: 'OPTIONS', headers: { origin } });
    const allowed = await ask(PAGE);
    assert.equal(allowed.status, 204);
    assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /x-namespace/);
    for (const origin of ['http://evil.example', 'null', `${PAGE}.evil.example`, 'http://127.0.0.1:82330']) {
      const refused = await ask(origin);
      assert.equal(refused.status, 403);
      assert.equal(refused.headers.get('access-control-allow-origin'), null);
      assert.equal((await post(`${url}/decode`, PLAIN, { origin })).status, 403);
    }
  });

  it('answers nobody who comes from no page, unless with the token that it was given', async () => {
    assert.equal((await post(`${url}/decode`, PLAIN, {})).status, 401);
    const token = randomBytes(20).toString('hex');
    const guarded = await start({ token });
    const ask = (headers: Record<string, string>) => post(`${guarded}/decode`, PLAIN, headers);
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200);
    assert.equal((await ask({ origin: PAGE, authorization: `Bearer ${token}` })).status, 200);
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`, 'Bearer undefined'])
      assert.equal((await ask({ origin: PAGE, authorization })).status, 401, authorization);
  });

  it('says which key is missing, and nothing else of what it was sent', async () => {
    const other = createCodec([{ id: 'other', secret: createSecretKey(randomBytes(32)) }]);
    const elsewhere = await start({ codec: other });
    const sealed = await (await post(`${url}/encode`, PLAIN)).json();
    const answer = await post(`${elsewhere}/decode`, sealed);
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /encrypted with the key \\"a\\", which is not here \(\\"other\\"\)/);
  });

  it('reads no body that is too large, whether it says so before or not', async () => {
    assert.equal((await post(`${url}/decode`, 'x'.repeat(9 * 1024 * 1024))).status, 413);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1024 * 1024)) });
    const sent = fetch(`${url}/decode`, { method: 'POST', headers: { origin: PAGE }, body: endless, duplex: 'half' });
    // A browser that still sends may see the connection end before the answer.
    const status = await sent.then(
      (answer) => answer.status,
      () => 413,
    );
    assert.equal(status, 413);
    assert.equal((await fetch(`${url}/health`)).status, 200);
  });

  it('gives an answer of 200 or 4xx in JSON to whatever it is sent', async () => {
    const path = fc.oneof(fc.constantFrom('/decode', '/encode', '/', '/x/decode'), fc.string());
    const value = fc.jsonValue({ maxDepth: 1 });
    const inner = fc.oneof(value, fc.array(fc.record({ metadata: value, data: value }), { maxLength: 3 }));
    const body = fc.oneof(
      fc.json(),
      fc.string(),
      inner.map((payloads) => JSON.stringify({ payloads })),
    );
    const method = fc.constantFrom('POST', 'POST', 'PUT', 'GET', '');
    await fc.assert(
      fc.asyncProperty(path, method, body, async (path, method, body) => {
        const asked = { path, method, origin: PAGE };
        const answer = await reply(asked, async () => body, { codec, origins: [PAGE] });
        assert.ok([200, 400, 404, 405].includes(answer.status), `${answer.status}`);
        JSON.parse(answer.body);
      }),
      { numRuns: 150 },
    );
  });

  it('outlives connections that break or talk no HTTP', async () => {
    const { hostname, port } = new URL(url);
    const send = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text, () => socket.destroy()));
        socket.once('close', () => resolve());
      });
    await send('no HTTP\r\n\r\n');
    await send(`POST /decode HTTP/1.1\r\nhost: x\r\norigin: ${PAGE}\r\ncontent-length: 100\r\n\r\n{"pay`);
    assert.equal((await fetch(`${url}/health`)).status, 200);
  });
});
