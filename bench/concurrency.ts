/**
 * What many cycles in wait cost one worker: memory, calls of AWS, Temporal's actions and events, and how late a job's end is
 * noticed; at the same time, on workers of their own, two other ways to wait. Prints the tables of docs/load.md:
 * npm run bench:concurrency -- [--cycles 10,100,1000] [--ways cycle,retriedLooks,timersOfWorkflows,heldSlots]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime } from '@temporalio/worker';
import { findTemporal } from '../local/services.ts';
import { ensureSearchAttributes } from '../src/operations/connect.ts';
import { type Measured, measure, WAYS, type Way } from './waiting/run.ts';

const { values } = parseArgs({ options: { cycles: { type: 'string' }, ways: { type: 'string' } } });
const sizes = (values.cycles ?? '10,100,1000').split(',').map(Number);
const ways = (values.ways?.split(',') ?? WAYS) as readonly Way[];
if (sizes.some((n) => !Number.isInteger(n) || n < 1) || ways.some((way) => !WAYS.includes(way))) {
  console.error(`--cycles takes whole numbers, --ways takes ${WAYS.join(', ')}`);
  process.exit(2);
}

Runtime.install({ logger: new DefaultLogger('ERROR') });
const folder = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
const workflowsPath = fileURLToPath(new URL('./waiting/workflows.ts', import.meta.url));
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
const bundle = join(folder, 'workflows.js');
await writeFile(bundle, code);
const executable = { type: 'existing-path', path: findTemporal() } as const;
const fair = ['--log-level', 'never', '--dynamic-config-value', 'matching.enableFairness=true'];
const env = await TestWorkflowEnvironment.createLocal({ server: { executable, extraArgs: fair, ip: '127.0.0.1' } });
try {
  const { client, address } = env;
  await ensureSearchAttributes({ client, taskQueue: '', address, close: async () => {} });
  row('way', 'n', 'RSS idle', 'RSS waiting', 'RSS peak', 'looks/s', 'busiest s', 'actions', 'events', 'p50', 'p95');
  row(...Array.from({ length: 11 }, () => '---'));
  for (const n of sizes) {
    const all = await Promise.all(ways.map((way) => measure({ client, address, bundle, way, n })));
    all.forEach((measured, at) => {
      told(ways[at] as Way, n, measured);
    });
  }
} finally {
  await env.teardown();
  await rm(folder, { recursive: true, force: true });
}

function told(way: Way, n: number, m: Measured): void {
  const size = (mb: number) => `${Math.round(mb)} MB`;
  const time = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const memory = [size(m.idle), size(m.waiting), size(m.peak)];
  const calls = [m.calls.toFixed(1), String(m.busiest)];
  const late = [time(m.p50), time(m.p95)];
  row(way, String(n), ...memory, ...calls, m.actions.toFixed(1), m.events.toFixed(1), ...late);
  if (m.deployed)
    console.log(
      `of these, a cycle that deployed: ${m.deployed.actions.toFixed(1)} actions, ${m.deployed.events.toFixed(1)} events`,
    );
}

function row(...cells: string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
