import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { planReference, planSchemaText } from '../../scripts/plan-reference.ts';

describe('the plan reference', () => {
  it('is what the schema says now (npm run docs writes it)', async () => {
    const example = await readFile('plans/flight-delays/plan.yaml', 'utf8');
    assert.equal(await readFile('docs/plan.md', 'utf8'), planReference(example));
    assert.equal(await readFile('docs/plan.schema.json', 'utf8'), planSchemaText());
  });
});
