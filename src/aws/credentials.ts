/** The credentials of all clients: the SDK's own chain, asked again while it does not say when they end. */
import { SageMakerClient } from '@aws-sdk/client-sagemaker';

/** Keys in a file are read again after this long: who renews them there need not start the worker anew. */
const REREAD_MS = 60_000;
/** The SDK asks for the next credentials this long before the end of those that it has. */
const SDK_AHEAD_MS = 5 * 60_000;

/**
 * What a client takes as `credentials`. By itself the SDK keeps credentials without an end for ever, and the files that
 * they are in, too: these get an end, and are then looked for as if for the first time.
 */
export function rereadCredentials(region: string, rereadMs = REREAD_MS) {
  const { config } = new SageMakerClient({ region });
  const begin = () => config.credentialDefaultProvider({ ...config, parentClientConfig: config, ignoreCache: true });
  let chain = begin();
  return async () => {
    const found = await chain();
    if (found.expiration) return found;
    chain = begin();
    return { ...found, expiration: new Date(Date.now() + SDK_AHEAD_MS + rereadMs) };
  };
}
