/** Writes the generated docs: of the plan's schema, plan.schema.json (for editors) and plan.md (for people); of the
 * API, openapi.json and a client's types; of what the command line prints, cli.schema.json; of the laptop's SageMaker and Glue, what becomes of each member of a request; of IAM, the
 * policies, and with them what an account needs: aws-stack.json. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { apiDescription } from './api-description.ts';
import { cliSchemaText } from './cli-schema.ts';
import { clientTypes } from './client-types.ts';
import { PRINCIPAL_NAMES, policyOf, policyText } from './iam/policies.ts';
import { stackText } from './iam/stack.ts';
import { membersPage } from './members-page.ts';
import { planReference, planSchemaText } from './plan-reference.ts';

const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
const example = await readFile(fileURLToPath(new URL('../plans/flight-delays/plan.yaml', import.meta.url)), 'utf8');

await writeFile(docs('plan.schema.json'), planSchemaText());
await writeFile(docs('plan.md'), planReference(example));
await writeFile(docs('openapi.json'), await apiDescription());
await writeFile(docs('../test/api/generator/openapi.ts'), await clientTypes());
await writeFile(docs('cli.schema.json'), cliSchemaText());
await writeFile(docs('laptop-sagemaker-members.md'), membersPage());
for (const name of PRINCIPAL_NAMES) await writeFile(docs(`iam/${name}.json`), policyText(await policyOf(name)));
await writeFile(docs('aws-stack.json'), await stackText());
