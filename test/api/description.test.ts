import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { apiDescription } from '../../scripts/api-description.ts';
import { cliSchemaText, PRINTING, SERVING } from '../../scripts/cli-schema.ts';
import { commands } from '../../src/cli/commands.ts';
import { play } from './support.ts';

describe("the API's description", () => {
  it('is what the routes and shapes say now (npm run docs writes it)', async () => {
    assert.equal(await readFile('docs/openapi.json', 'utf8'), await apiDescription());
    assert.equal(await readFile('docs/cli.schema.json', 'utf8'), cliSchemaText());
  });

  it('has a schema of what every command prints', () => {
    const described: readonly string[] = [...PRINTING, ...SERVING];
    assert.deepEqual(
      Object.keys(commands).filter((command) => !described.includes(command)),
      [],
    );
  });

  it('has a page to try it that asks no other host for anything', async () => {
    const { ask } = await play();
    const { text, headers } = await ask('GET', '/docs');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /https?:|\*|unsafe-eval/);
    const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    assert.ok(named.length > 3);
    for (const path of named) {
      assert.match(path, /^\//);
      assert.equal((await ask('GET', path)).status, 200, path);
    }
    assert.equal((await ask('GET', '/docs/json')).status, 200);
  });
});
