import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { createCodec } from '../../src/codec/codec.ts';
import { readCodecKeys, readToken } from '../../src/codec/keys.ts';
import { UserError } from '../../src/errors.ts';

const secretText = () => randomBytes(32).toString('base64');

describe('encrypted payloads', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);
  const keysIn = async (...lines: string[]) => {
    await writeFile(file('keys'), lines.join('\n'), { mode: 0o600 });
    await chmod(file('keys'), 0o600);
    return readCodecKeys(file('keys'));
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-keys-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
  const bytesOf = ({ metadata, data }: Payload) =>
    Buffer.concat([...Object.values(metadata ?? {}), data ?? Buffer.alloc(0)]).toString('latin1');

  it('come back as they were, with all their metadata, whatever they are', async () => {
    const codec = createCodec(await keysIn(`a ${secretText()}`));
    const bytes = fc.uint8Array({ maxLength: 300 });
    const anything = fc.record({ metadata: fc.dictionary(fc.string({ maxLength: 20 }), bytes), data: bytes });
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 4 }), async (payloads) => {
        const back = await codec.decode(await codec.encode(payloads));
        const plain = (all: Payload[]) =>
          all.map(({ metadata, data }) => [
            Object.entries(metadata ?? {}).map(([k, v]) => [k, [...v]]),
            [...(data ?? [])],
          ]);
        assert.deepEqual(plain(back), plain(payloads));
      }),
    );
  });

  it('tell nothing of what they hold, nor that two are the same', async () => {
    const codec = createCodec(await keysIn(`a ${secretText()}`));
    const [one, two] = await codec.encode([payload('the same secret'), payload('the same secret')]);
    assert.ok(one && two);
    assert.doesNotMatch(bytesOf(one), /secret|json/);
    assert.notDeepEqual(one.data, two.data);
  });

  it('are encrypted by the newest key and read by every key; what was plain is read as it is', async () => {
    const [old, fresh] = [`2025 ${secretText()}`, `2026 ${secretText()}`];
    const before = await createCodec(await keysIn(old)).encode([payload(1)]);
    const rotated = createCodec(await keysIn('# the newest first', fresh, '', old));
    const after = await rotated.encode([payload(2)]);
    const all = await rotated.decode([...before, ...after, payload(3)]);
    assert.deepEqual(
      all.map((one) => defaultPayloadConverter.fromPayload(one)),
      [1, 2, 3],
    );
    await assert.rejects(createCodec(await keysIn(old)).decode(after), {
      message: 'a payload is encrypted with the key "2026", which is not here ("2025")',
      hint: /add this key to the file that PERENNIAL_CODEC_KEYS_FILE names/,
    });
    await assert.rejects(createCodec([]).decode(after), { message: /"2026", which is not here \(there are no keys\)/ });
  });

  it('are refused when a byte was changed, the key of their name is another, or little is left of them', async () => {
    const codec = createCodec(await keysIn(`a ${secretText()}`));
    const other = createCodec(await keysIn(`a ${secretText()}`));
    const [sealed] = await codec.encode([payload('x')]);
    assert.ok(sealed?.data);
    const { metadata, data } = sealed;
    const altered = /a payload cannot be decrypted: it was altered, or the key "a" is not the one/;
    await assert.rejects(other.decode([sealed]), altered);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Uint8Array.from(data, (byte, index) => (index === at ? byte ^ 1 : byte));
      await assert.rejects(codec.decode([{ metadata, data: changed }]), altered);
      await assert.rejects(codec.decode([{ metadata, data: data.subarray(0, at) }]), altered);
    }
  });

  describe('have keys from a file', () => {
    const [good, other] = [secretText(), secretText()];
    for (const [what, text, says] of [
      ['that is empty', '# nothing\n', /holds no key/],
      ['with a short key', `a ${Buffer.alloc(16).toString('base64')}`, /keys:1: the key "a" is not 32 bytes in base64/],
      ['with a key that is no base64', `a ${'!'.repeat(44)}`, /keys:1: the key "a" is not 32 bytes/],
      ['with a strange id', `b ${other}\na/b ${good}`, /keys:2 is no key: an id is letters/],
      ['with a word too many', `a ${good} x`, /keys:1 is no key/],
      ['with the same id twice', `a ${good}\na ${other}`, /has two keys "a"/],
    ] as const)
      it(`and are refused ${what}, without a word of the key`, async () => {
        await assert.rejects(keysIn(...text.split('\n')), (error) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, says);
          assert.ok(!`${inspect(error)}${error.hint}`.includes(good.slice(0, 8)));
          return true;
        });
      });

    it('and are refused when others may read it, or it is not there', async () => {
      await keysIn(`a ${good}`);
      for (const mode of [0o644, 0o604, 0o660, 0o640]) {
        await chmod(file('keys'), mode);
        assert.throws(() => readCodecKeys(file('keys')), { message: /may be read by others/, hint: /^run: chmod 600/ });
      }
      assert.throws(() => readCodecKeys(file('none')), { message: /cannot be read \(ENOENT\)/ });
      assert.throws(() => readCodecKeys(folder), UserError);
    });

    it('and show nothing of themselves when they are printed', async () => {
      const keys = await keysIn(`a ${good}`);
      assert.ok(!`${inspect(keys, { depth: 9 })}${JSON.stringify(keys)}`.includes(good.slice(0, 8)));
    });

    it('beside which a token of 16 characters or more may lie', async () => {
      await writeFile(file('token'), 'short\n', { mode: 0o600 });
      assert.throws(() => readToken(file('token')), { message: /holds no token of 16 characters/ });
      await writeFile(file('token'), `${'t'.repeat(16)}\n`);
      assert.equal(readToken(file('token')), 't'.repeat(16));
    });
  });
});
