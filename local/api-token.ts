/** A token of the laptop's own API, for whoever may read the home, and the key of browsers' sessions: made once, kept in files of their owner's. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Home } from './home.ts';

/** The token itself, the file of tokens by which the API knows it, and what sessions are sealed by. */
export const apiFiles = ({ root }: Home) => ({
  token: join(root, 'api-token'),
  tokens: join(root, 'api-tokens'),
  sessionKey: join(root, 'api-session-key'),
});

export function ensureApiToken(home: Home): void {
  const { token: file, tokens, sessionKey } = apiFiles(home);
  if (!existsSync(file))
    writeFileSync(file, `perennial_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  if (!existsSync(sessionKey))
    writeFileSync(sessionKey, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  const sha256 = createHash('sha256').update(readFileSync(file, 'utf8').trim()).digest('hex');
  writeFileSync(tokens, `${person()} approver ${sha256}\n`, { mode: 0o600 });
}

/** As the command line names who asks. */
function person(): string {
  try {
    const { username } = userInfo();
    return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(username) ? username : 'laptop';
  } catch {
    return 'laptop';
  }
}
