/**
 * Bundles the workflows beforehand, so that a worker starts in seconds: `tsx scripts/bundle-workflows.ts [--encrypted] [file]`.
 * A worker that has keys (docs/encryption.md) needs the encrypted one, whose failures are encrypted, too.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { failureConverterPath } from '../src/codec/converter.ts';
import { workflowsPath } from '../src/temporal/worker.ts';

const encrypted = process.argv.includes('--encrypted');
const [given] = process.argv.slice(2).filter((word) => word !== '--encrypted');
const file = resolve(given ?? 'build/workflows.js');
const { code } = await bundleWorkflowCode({ workflowsPath, ...(encrypted && { failureConverterPath }) });
await mkdir(dirname(file), { recursive: true });
await writeFile(file, code);
console.log(`${file}: ${code.length} characters; tell a worker by PERENNIAL_WORKFLOW_BUNDLE`);
