/** Bundles the workflows beforehand, so that a worker starts in seconds: `tsx scripts/bundle-workflows.ts [file]`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowsPath } from '../src/temporal/worker.ts';

const file = resolve(process.argv[2] ?? 'build/workflows.js');
const { code } = await bundleWorkflowCode({ workflowsPath });
await mkdir(dirname(file), { recursive: true });
await writeFile(file, code);
console.log(`${file}: ${code.length} characters; tell a worker by PERENNIAL_WORKFLOW_BUNDLE`);
