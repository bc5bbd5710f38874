/** `perennial api` serves the verbs over HTTP; `perennial token` lets somebody in. */
import { appendFileSync, existsSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import { port } from '../arguments.ts';
import { command } from '../command.ts';

export const api = command({
  description: 'Serve the HTTP API until Ctrl-C or SIGTERM; its log is JSON lines on standard output',
  examples: {
    api: 'on this machine',
    'api --host 0.0.0.0 --port 8235': 'for others, behind something that ends TLS',
  },
  args: {
    port: { type: 'string', valueHint: 'n', default: '8235', description: 'Where to listen; 0 takes any port' },
    host: {
      type: 'string',
      valueHint: 'address',
      default: '127.0.0.1',
      description: 'Another than loopback is reached by others: end TLS in front of it',
    },
  },
  async run({ args, signal, note }) {
    const { serveApi } = await import('../../api/serve.ts');
    const ready = (url: string) => note(`API: ${url}, its page to try it: ${url}/docs`);
    await serveApi({ host: args.host, port: port(args.port), signal, ready });
    return { json: { ended: true }, text: '' };
  },
});

export const token = command({
  description: 'Make a token for the HTTP API: it is shown once, and its hash goes to the file of tokens',
  examples: {
    'token ada --role approver --file .perennial/api-tokens.json': 'who may approve',
    'token ci --role operator': 'added to PERENNIAL_API_TOKENS_FILE',
  },
  args: {
    id: { type: 'positional', required: true, description: 'Whose it is: the ledger names it' },
    role: { type: 'string', valueHint: 'role', description: 'viewer, operator or approver' },
    file: { type: 'string', valueHint: 'path', description: 'PERENNIAL_API_TOKENS_FILE when left out' },
  },
  async run({ args }) {
    const { isRole, isTokenId, newToken, readTokens } = await import('../../api/tokens.ts');
    const { readApiConfig } = await import('../../config.ts');
    const file = args.file ?? readApiConfig().tokensFile;
    if (file === undefined)
      throw new UserError('there is no file of tokens', 'give --file, or set PERENNIAL_API_TOKENS_FILE');
    if (!isTokenId(args.id))
      throw new UserError(`"${args.id}" is no id`, 'give letters, digits, ".", "_", "@", "+" and "-"');
    if (!isRole(args.role))
      throw new UserError(`--role is "${args.role ?? ''}"`, 'give one of viewer, operator, approver');
    if (existsSync(file) && readTokens(file).some(({ id }) => id === args.id))
      throw new UserError(`${file} has a token of ${args.id} already`, `take its line out first, or give another id`);
    const { token, line } = newToken(args.id, args.role);
    appendFileSync(file, `${line}\n`, { mode: 0o600 });
    return { json: { id: args.id, role: args.role, file, token }, text: token };
  },
});
