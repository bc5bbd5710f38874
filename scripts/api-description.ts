/** docs/openapi.json: what the API says of itself, without anything behind it. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { createApp } from '../src/api/app.ts';
import { openapiText } from '../src/api/openapi.ts';
import type { Deps } from '../src/api/types.ts';

export async function apiDescription(): Promise<string> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const nobody: Partial<Deps> = { authenticate: async () => undefined, log: pino({ level: 'silent' }) };
  const api = await createApp(nobody as Deps, { version });
  return openapiText(api);
}
