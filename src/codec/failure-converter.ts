/**
 * Puts messages and stack traces of failures into payloads, so that they are encrypted, too. It is part of the bundle of the
 * workflows, which cannot ask whether there are keys: with keys, another bundle is used (src/codec/converter.ts).
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
