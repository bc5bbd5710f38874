/** How payloads and failures are written for Temporal; the same for clients, workers and replay. */
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { createCodec } from './codec.ts';
import type { CodecKey } from './keys.ts';

export const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/** Of a bundle with `failureConverterPath`; the SDK's own converter knows the words but never says so. */
const MARK = 'encodeCommonAttributes: true';

export const dataConverter = (keys: readonly CodecKey[]): DataConverter => ({
  payloadCodecs: [createCodec(keys)],
  ...(keys.length > 0 && { failureConverterPath }),
});

/** Whether a bundle of the workflows encrypts what they say of their failures. */
export const encryptsFailures = (bundle: string): boolean => bundle.includes(MARK);
