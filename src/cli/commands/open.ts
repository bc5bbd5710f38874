/** `perennial open`: the pages in a browser, signed in by a link instead of a pasted token. */
import { z } from 'zod';
import { type SignInLink, signInLink } from '../../api/links.ts';
import { readPagesConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';
import { readSecretFile } from '../../secret-file.ts';
import { openInBrowser } from '../browser.ts';
import { command } from '../command.ts';
import { modelName } from '../model.ts';

const ANSWERS_WITHIN_MS = 10_000;
const MEND = 'see that it runs, and that PERENNIAL_API and PERENNIAL_API_TOKEN_FILE are its address and a token of it';

const refusal = z.object({ detail: z.string() });

export const open = command({
  description: 'Open the pages in the browser, signed in by a link that is good once',
  examples: {
    open: 'the fleet',
    'open flight-delays': 'one model',
    'open --print': 'shows the link only, such as for a browser on another machine',
  },
  args: {
    model: { type: 'positional', required: false, description: 'The fleet when left out' },
    print: { type: 'boolean', description: 'Show the link, and open nothing' },
  },
  async run({ args, signal, note }) {
    const next = args.model === undefined ? '/' : `/models/${await modelName(args.model)}`;
    const { api, tokenFile } = readPagesConfig();
    refuseOpenWire(api);
    const token = readSecretFile(tokenFile, 'PERENNIAL_API_TOKEN_FILE').trim();
    const { path, until } = await askForLink(api, token, next, signal);
    const url = new URL(path, api).href;
    // Where nobody sits at this machine's screen, the link is for another's.
    if (!args.print && process.stdout.isTTY) await openInBrowser(url, note);
    return { json: { url, until }, text: url };
  },
});

/** A token, and a link that is as good as one, travel by TLS, or not at all. */
function refuseOpenWire(api: string): void {
  const { protocol, hostname } = new URL(api);
  if (protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))) return;
  throw new UserError(
    `the token would travel to ${hostname} for all to read`,
    'let PERENNIAL_API be an https:// address',
  );
}

async function askForLink(api: string, token: string, next: string, signal: AbortSignal): Promise<SignInLink> {
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ next }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
  } as const;
  const response = await fetch(new URL('/v1/sign-in-links', api), request).catch((error: Error) => {
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
    throw new UserError(`the API at ${api} does not answer (${code ?? error.message})`, MEND);
  });
  const said: unknown = await response.json().catch(() => undefined);
  const found = signInLink.safeParse(said);
  if (response.ok && found.success) return found.data;
  const detail = refusal.safeParse(said).data?.detail ?? 'that is no answer of Perennial';
  throw new UserError(`the API at ${api} refuses (${response.status}): ${detail}`, MEND);
}
