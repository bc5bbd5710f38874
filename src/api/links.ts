/** Links that sign a browser in, once: who has a token makes one, and need not paste the token. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { seal, unseal } from './sealed.ts';

export const signInLink = z
  .object({
    path: z
      .string()
      .startsWith('/')
      .meta({ description: 'On this API; to be opened in a browser. Whoever has it can sign in' }),
    until: z.iso.datetime().meta({ description: 'It is good until then, for one sign-in' }),
  })
  .meta({ id: 'SignInLink' });
export type SignInLink = z.output<typeof signInLink>;

export interface Links {
  /** A code for one sign-in with the token, and until when (milliseconds since 1970). */
  make(token: string): { code: string; until: number };
  /** The token of a code that is good; it stays good. */
  tokenOf(code: string): string | undefined;
  /** The token of a code that is good, which is then good no more in this process. */
  take(code: string): string | undefined;
}

const LIFE_MS = 120_000;
const PURPOSE = 'perennial sign-in link 1';

/** Nothing is kept but which codes were taken, until they would have ended. */
export function linksBy(key: Buffer, now: () => number = Date.now): Links {
  const taken = new Map<string, number>();
  const read = (code: string) => {
    const [, end = '0', id = '', token] = /^(\d+) (\S+) (.+)$/.exec(unseal(key, PURPOSE, code) ?? '') ?? [];
    const until = Number(end);
    return token !== undefined && until > now() && !taken.has(id) ? { id, token, until } : undefined;
  };
  return {
    make(token) {
      const until = now() + LIFE_MS;
      return { code: seal(key, PURPOSE, `${until} ${randomUUID()} ${token}`), until };
    },
    tokenOf: (code) => read(code)?.token,
    take(code) {
      const found = read(code);
      for (const [id, until] of taken) if (until <= now()) taken.delete(id);
      if (found) taken.set(found.id, found.until);
      return found?.token;
    },
  };
}
