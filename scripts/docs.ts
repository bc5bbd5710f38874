/** Writes what comes from the plan's schema: docs/plan.schema.json (for editors) and docs/plan.md (for people). */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { planReference, planSchemaText } from './plan-reference.ts';

const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
const example = await readFile(fileURLToPath(new URL('../plans/flight-delays/plan.yaml', import.meta.url)), 'utf8');

await writeFile(docs('plan.schema.json'), planSchemaText());
await writeFile(docs('plan.md'), planReference(example));
