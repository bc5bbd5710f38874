import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { checkPlan } from '../../src/plan/load.ts';
import { blocksOf } from './blocks.ts';

type Section = Readonly<Record<string, unknown>>;

describe('the pieces of plans in docs/how-to.md', () => {
  it('are such as a plan takes, in the place of what the example says there', async () => {
    const example = parse(await readFile('plans/flight-delays/plan.yaml', 'utf8')) as Record<string, Section>;
    const page = await readFile('docs/how-to.md', 'utf8');
    const pieces = blocksOf(page).flatMap(({ kind, text }) => (kind === 'yaml' ? [text] : []));
    assert.ok(pieces.length > 4);
    for (const piece of pieces) {
      const sections = Object.entries(parse(piece) as Record<string, Section>);
      const merged = sections.map(([name, section]) => [name, { ...example[name], ...section }]);
      assert.doesNotThrow(() => checkPlan(stringify({ ...example, ...Object.fromEntries(merged) })), piece);
    }
  });
});
