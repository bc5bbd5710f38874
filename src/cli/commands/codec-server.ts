/** `perennial codec-server`: shows the Web UI and Temporal's CLI what is encrypted. */
import { once } from 'node:events';
import { readCodecConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';
import { port } from '../arguments.ts';
import { command } from '../command.ts';

const ORIGINS = 'http://127.0.0.1:8233,http://localhost:8233';

export const codecServer = command({
  description: 'Decrypt for the Temporal Web UI what PERENNIAL_CODEC_KEYS_FILE has keys for, until Ctrl-C or SIGTERM',
  examples: {
    'codec-server': 'for the Web UI of this machine',
    'codec-server --port 9000 --origin https://temporal.example.com': 'for another page',
  },
  args: {
    port: { type: 'string', valueHint: 'n', default: '8234', description: 'Where to listen; 0 takes any port' },
    host: {
      type: 'string',
      valueHint: 'address',
      default: '127.0.0.1',
      description: 'Another than loopback needs a token',
    },
    origin: { type: 'string', valueHint: 'urls', default: ORIGINS, description: 'The pages that may ask, by comma' },
  },
  async run({ args, signal, note }) {
    const { createCodec } = await import('../../codec/codec.ts');
    const { readCodecKeys, readToken } = await import('../../codec/keys.ts');
    const { startCodecServer } = await import('../../codec/server.ts');
    const { keysFile, tokenFile } = readCodecConfig();
    const keys = readCodecKeys(keysFile);
    if (keys.length === 0)
      throw new UserError('there are no keys to decrypt with', 'name their file by PERENNIAL_CODEC_KEYS_FILE');
    const token = readToken(tokenFile);
    if (token === undefined && !isLoopback(args.host))
      throw new UserError(`--host ${args.host} can be reached by others`, 'set PERENNIAL_CODEC_TOKEN_FILE');
    const origins = args.origin.split(',').map(origin);
    const options = { host: args.host, port: port(args.port), codec: createCodec(keys), origins, token };
    const server = await startCodecServer(options).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`${args.host}:${args.port} cannot be listened at (${error.code})`, 'choose another --port');
    });
    note(`codec server: ${server.url}, for pages of ${origins.join(' and ')}`);
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
    return { json: { ended: true }, text: '' };
  },
});

/** Exactly what a browser sends. */
function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text.trim())
    throw new UserError(`--origin has "${text}"`, 'give scheme, host and port alone, such as http://127.0.0.1:8233');
  return url.origin;
}
