/**
 * Bundles the workflows beforehand, so that a worker starts in seconds: `tsx scripts/bundle-workflows.ts [--encrypted] [file]`.
 * A worker that has keys (docs/encryption.md) needs the encrypted one, whose failures are encrypted, too.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { failureConverterPath } from '../src/codec/converter.ts';
import { bundleWorkflows } from '../src/temporal/workflow-code.ts';

const encrypted = process.argv.includes('--encrypted');
const [given] = process.argv.slice(2).filter((word) => word !== '--encrypted');
const file = resolve(given ?? 'build/workflows.js');
const { code } = await bundleWorkflows(encrypted ? { failureConverterPath } : {});
await mkdir(dirname(file), { recursive: true });
await writeFile(file, code);
console.log(`${file}: ${code.length} characters; tell a worker by PERENNIAL_WORKFLOW_BUNDLE`);
