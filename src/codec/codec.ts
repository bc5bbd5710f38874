/**
 * Encrypts what goes to Temporal and decrypts what comes back: AES-256-GCM, a random nonce a payload, the newest key. What was
 * written before there were keys, or with an older key, stays readable, so keys may come and change in the middle of a life.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { UserError } from '../errors.ts';
import { type CodecKey, KEYS_VARIABLE } from './keys.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** As the samples of Temporal's SDKs call it. */
const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The first key encrypts, all decrypt. Without keys payloads go through as they are, and encrypted ones are refused by key. */
export function createCodec(keys: readonly CodecKey[]): PayloadCodec {
  const [newest] = keys;
  return {
    encode: async (payloads) => (newest ? payloads.map((payload) => encrypt(payload, newest)) : payloads),
    decode: async (payloads) => payloads.map((payload) => (isEncrypted(payload) ? decrypt(payload, keys) : payload)),
  };
}

function encrypt(payload: Payload, { id, secret }: CodecKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, secret, nonce).setAAD(described(id));
  const text = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
  return {
    metadata: { encoding: Buffer.from(ENCODING), 'encryption-cipher': Buffer.from(CIPHER), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat([nonce, text, cipher.getAuthTag()]),
  };
}

/** Throws `UserError` that names the key. */
function decrypt(payload: Payload, keys: readonly CodecKey[]): Payload {
  const id = textOf(payload, KEY_ID) ?? '';
  const key = keys.find((one) => one.id === id);
  if (!key) throw unknownKey(id, keys);
  const data = Buffer.from(payload.data ?? []);
  try {
    const tag = data.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, key.secret, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(described(id))
      .setAuthTag(data.subarray(tag));
    const text = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, tag)), decipher.final()]);
    return PayloadMessage.decode(text);
  } catch {
    throw new UserError(
      `a payload cannot be decrypted: it was altered, or the key "${id}" is not the one that it was encrypted with`,
      `let ${KEYS_VARIABLE} hold the same key "${id}" everywhere: worker, CLI and codec server`,
    );
  }
}

function unknownKey(id: string, keys: readonly CodecKey[]): UserError {
  const held = keys.map((key) => `"${key.id}"`).join(', ');
  return new UserError(
    `a payload is encrypted with the key "${id.slice(0, 64)}", which is not here (${held || 'there are no keys'})`,
    held
      ? `add this key to the file that ${KEYS_VARIABLE} names, below the first line`
      : `name the file of the keys by ${KEYS_VARIABLE}`,
  );
}

const KEY_ID = 'encryption-key-id';

const isEncrypted = (payload: Payload): boolean => textOf(payload, 'encoding') === ENCODING;

const textOf = ({ metadata }: Payload, name: string): string | undefined =>
  metadata?.[name] && Buffer.from(metadata[name]).toString('utf8');

/** What is authenticated beside the text: neither the format nor the key's name can be exchanged. */
const described = (id: string): Buffer => Buffer.from(`${ENCODING} ${CIPHER} ${id}`);
