import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blocksOf, commandsIn, patternsOf } from './blocks.ts';
import { type Reader, reader, type Told } from './reader.ts';

const MODEL = 'bird-strikes';
/** What the page says will be refused: the first `init` asks for a label. */
const ASKS = /^npx perennial init .*strikes\.csv$/;
const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\/0/;

describe('a reader of the tutorial', function () {
  this.timeout(1_500_000);
  let person: Reader;
  before(async () => {
    person = await reader();
  });
  after(() => person?.leaves());

  const file = (name: string) => join(person.folder, 'plans', MODEL, name);
  async function edit(name: string, change: (text: string) => string) {
    const before = await readFile(file(name), 'utf8');
    const after = change(before);
    assert.notEqual(after, before, `${name} has nothing to change`);
    await writeFile(file(name), after);
  }
  /** Takes the columns out: entries of lists that stand in a line, and lines of their own. */
  const withoutCosts = (text: string) =>
    text
      .replace(/^.*\bcolumn: cost_\w+.*\n/gm, '')
      .replace(/^ .*\.cost_\w+ .*\n/gm, '')
      .replace(/ cost_\w+\??,/g, '');
  /** What the page asks for in words, before the command that comes next. */
  const edits: [RegExp, () => Promise<void>][] = [
    [
      /^npx perennial apply/,
      () => edit('plan.yaml', (text) => text.replace(/^approve: .*/m, 'approve: { mode: manual }')),
    ],
    [/^npx perennial diff/, () => edit('plan.yaml', withoutCosts).then(() => edit('features.sql', withoutCosts))],
  ];

  it('gets by its commands, as written, to a model that is served, watched and trained again @long', async () => {
    let lately: Told[] = [];
    let id = '';
    for (const block of blocksOf(await readFile('docs/tutorial.md', 'utf8'))) {
      const printed = lately.map((told) => told.printed).join('\n');
      if (block.kind === '') for (const pattern of patternsOf(block)) assert.match(printed, pattern);
      if (block.kind !== 'sh') continue;
      lately = [];
      for (const line of commandsIn(block)) {
        const at = edits.findIndex(([command]) => command.test(line));
        if (at >= 0) await edits.splice(at, 1)[0]?.[1]();
        const told = await person.does(line.replace(/<the id[^>]*>/, id));
        assert.equal(told.exitCode, ASKS.test(line) ? 2 : 0, `${told.command}\n${told.printed}`);
        id = ID.exec(told.printed)?.[0] ?? id;
        lately.push(told);
      }
    }
    assert.deepEqual(edits, []);
    assert.equal((await person.opened()).length, 2, 'both reports');
  });
});
