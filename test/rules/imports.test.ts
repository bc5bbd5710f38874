import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Which rooms a room may import at run time (`import type` is free, and esbuild leaves it out), and which packages. */
const ROOMS: Readonly<Record<string, { rooms: readonly string[]; packages?: RegExp }>> = {
  redact: { rooms: [], packages: /^$/ },
  names: { rooms: [], packages: /^$/ },
  failures: { rooms: [], packages: /^@temporalio\/common$/ },
  plan: { rooms: ['plan', 'names', 'failures', 'redact'], packages: /^(zod|yaml|croner|fastest-levenshtein|node:.*)$/ },
  workflows: {
    rooms: ['workflows', 'plan', 'names', 'failures', 'redact'],
    packages: /^@temporalio\/(workflow|common)$|^(zod|croner|fastest-levenshtein)$/,
  },
  activities: { rooms: ['activities', 'data', 'aws', 'report', 'plan', 'names', 'failures', 'gateway'] },
  data: { rooms: ['data', 'plan', 'names', 'failures'] },
  aws: { rooms: ['aws', 'plan', 'names', 'failures', 'redact'] },
  report: { rooms: ['report', 'data', 'plan', 'names'] },
  gateway: { rooms: ['gateway'] },
  config: { rooms: [], packages: /^zod$/ },
  errors: { rooms: [], packages: /^$/ },
  loopback: { rooms: [], packages: /^$/ },
  operations: {
    rooms: [
      'operations',
      'workflows',
      'aws',
      'data',
      'plan',
      'names',
      'failures',
      'config',
      'errors',
      'temporal',
      'codec',
    ],
  },
  'secret-file': { rooms: ['errors'], packages: /^node:fs$/ },
  codec: { rooms: ['errors', 'secret-file'], packages: /^(@temporalio\/(common|proto)|node:.*)$/ },
  temporal: { rooms: ['errors', 'config', 'names', 'codec', 'redact'] },
  log: { rooms: ['config', 'redact'] },
  api: {
    rooms: [
      'api',
      'pages',
      'operations',
      'plan',
      'names',
      'config',
      'errors',
      'redact',
      'log',
      'loopback',
      'secret-file',
    ],
  },
  pages: {
    rooms: ['pages', 'api', 'operations', 'report', 'plan', 'names', 'errors', 'redact'],
    packages: /^(zod|node:(crypto|fs))$/,
  },
  init: { rooms: ['init', 'data', 'aws', 'plan', 'config', 'errors'] },
  cli: {
    rooms: [
      'cli',
      'operations',
      'init',
      'plan',
      'config',
      'errors',
      'worker',
      'codec',
      'redact',
      'api',
      'secret-file',
      'loopback',
    ],
  },
  worker: {
    rooms: ['activities', 'aws', 'data', 'config', 'workflows', 'temporal', 'errors', 'log', 'metrics', 'codec'],
  },
};

const files = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));

const roomOf = (path: string): string =>
  path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/')[0] ?? '';

const graph = async (entryPoints: string[]): Promise<Metafile['inputs']> => {
  const { metafile } = await build({
    entryPoints,
    bundle: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: 'unused',
    logLevel: 'silent',
    loader: { '.node': 'file' },
  });
  return metafile.inputs;
};

describe('imports', () => {
  let inputs: Metafile['inputs'];
  before(async () => {
    const rooms = await Promise.all(['src', 'local', 'chaos', 'demo', 'bench'].map(files));
    inputs = await graph(rooms.flat());
  });

  it('stay within what each room may know', () => {
    const broken = Object.entries(inputs)
      .filter(([path]) => path.startsWith('src/'))
      .flatMap(([path, { imports }]) => {
        const room = roomOf(path);
        const rule = ROOMS[room];
        if (!rule) return [`${path}: the room "${room}" has no rule`];
        const wrong = imports.filter((imported) =>
          imported.external
            ? rule.packages && !rule.packages.test(imported.path)
            : roomOf(imported.path) !== room && !rule.rooms.includes(roomOf(imported.path)),
        );
        return wrong.map((imported) => `${path} imports ${imported.path}`);
      });
    assert.deepEqual(broken, []);
  });

  it('name @aws-sdk in src/aws and the gateway only, and @temporalio/client in operations only', () => {
    const outside = (packages: RegExp, rooms: RegExp) =>
      Object.entries(inputs)
        .filter(([path]) => path.startsWith('src/') && !rooms.test(path))
        .flatMap(([path, { imports }]) =>
          imports.filter((i) => i.external && packages.test(i.path)).map((i) => `${path} imports ${i.path}`),
        );
    assert.deepEqual(outside(/^@aws-sdk\//, /^src\/(aws|gateway)\//), []);
    assert.deepEqual(outside(/^@temporalio\/client$/, /^src\/(operations|temporal)(\/|\.ts$)/), []);
  });

  it('of Vega are in no file that others import: it draws in a thread of its own', () => {
    const loading = Object.entries(inputs).flatMap(([path, { imports }]) =>
      imports.filter((i) => /^vega(-lite)?$/.test(i.path)).map((i) => `${path} imports ${i.path}`),
    );
    assert.deepEqual(loading, []);
  });

  it('of chaos are those of tests only', () => {
    const reached = Object.entries(inputs)
      .filter(([path]) => !path.startsWith('chaos/'))
      .flatMap(([path, { imports }]) =>
        imports.filter((i) => i.path.startsWith('chaos/')).map((i) => `${path} imports ${i.path}`),
      );
    assert.deepEqual(reached, []);
  });

  it('of src never reach local', () => {
    const reached = Object.entries(inputs)
      .filter(([path]) => path.startsWith('src/'))
      .flatMap(([path, { imports }]) =>
        imports.filter((i) => i.path.startsWith('local/')).map((i) => `${path} imports ${i.path}`),
      );
    assert.deepEqual(reached, []);
  });
});
