import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { everyCommand } from '../../local/cli.ts';
import { readArguments } from '../../src/cli/arguments.ts';
import { words } from '../support/words.ts';
import { blocksOf, commandsIn } from './blocks.ts';

const JSON_FLAG = { json: { type: 'boolean' } } as const;

/** The command lines in the shell blocks of a page. */
const shellLines = (page: string): string[] =>
  blocksOf(page)
    .filter(({ kind }) => kind === 'sh')
    .flatMap(commandsIn);

/** What is asked of one program in a line: from its name to the end of its own words. */
const asked = (line: string, program: RegExp): string[] =>
  line
    .split(/&&|\||\$\(|;/)
    .map((part) => part.trim().replace(/\)"?$/, ''))
    .filter((part) => program.test(part))
    .map((part) => part.replace(program, '').trim());

const PERENNIAL = /^(?:[A-Z_]+=\S* )*(?:docker compose .*)?(?:npx )?perennial(?= |$)/;
const NPM_RUN = /^npm run /;

describe('the commands in the docs', () => {
  const lines: { page: string; line: string }[] = [];
  let pages: string[];
  let scripts: Record<string, string>;
  before(async () => {
    const docs = (await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
    pages = ['README.md', ...docs];
    for (const page of pages) for (const line of shellLines(await readFile(page, 'utf8'))) lines.push({ page, line });
    ({ scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> });
  });

  it('are such as the command line takes: verbs, flags and how many words', () => {
    let tried = 0;
    for (const { page, line } of lines)
      for (const called of asked(line, PERENNIAL)) {
        const [verb = '', ...rest] = words(called.replace(/<[a-z ]+>/g, 'something'));
        const command = everyCommand[verb];
        assert.ok(command, `${page}: there is no verb "${verb}" in: ${line}`);
        assert.doesNotThrow(() => readArguments(rest, { ...command.args, ...JSON_FLAG }, verb), `${page}: ${line}`);
        tried += 1;
      }
    assert.ok(tried > 40, `${tried} were found`);
  });

  it('name scripts that are there', () => {
    for (const { page, line } of lines)
      for (const called of asked(line, NPM_RUN)) {
        const [script = ''] = words(called);
        assert.ok(script in scripts, `${page}: ${line}`);
      }
  });

  it('and its links lead to pages and headings that are there', async () => {
    for (const page of ['CHANGELOG.md', ...pages]) {
      const text = await readFile(page, 'utf8');
      for (const [, to = ''] of text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
        const [path = '', heading] = to.split('#');
        const target = path === '' ? page : new URL(path, `file:///${page}`).pathname.slice(1);
        const found = await readFile(target).catch(() => undefined);
        assert.ok(found ?? (await readdir(target).catch(() => undefined)), `${page}: ${to}`);
        if (!heading || !found) continue;
        const slugs = [...found.toString().matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => slug(title));
        assert.ok(slugs.includes(heading), `${page}: ${to}; there are ${slugs.join(', ')}`);
      }
    }
  });
});

/** A heading's address, as GitHub makes it. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
