/** Types of a client of the HTTP API, made from its description: what a user's own generator would make. */
import { execa } from 'execa';

const GENERATOR = 'test/api/generator/node_modules/openapi-typescript/bin/cli.js';

export const clientTypes = async (): Promise<string> => {
  const { stdout } = await execa(process.execPath, [GENERATOR, 'docs/openapi.json'], {
    cwd: new URL('..', import.meta.url).pathname,
  });
  return `${stdout}\n`;
};
