import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { parse } from 'yaml';
import { BUCKET, JOB_ROLE, LAMBDA_ROLE, REGION } from '../../local/environment.ts';
import { readConfig } from '../../src/config.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: { context: string; target: string };
  readonly profiles?: string[];
  readonly command?: string[];
  readonly environment?: Record<string, string | null>;
  readonly depends_on?: Record<string, { condition: string; required?: boolean }>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly healthcheck?: { test?: string[]; disable?: boolean };
}

const TEXT = read('docker-compose.yml');
const compose = parse(TEXT, { merge: true }) as { services: Record<string, Service>; volumes: Record<string, null> };
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  assert.ok(found, `there is no service ${name}`);
  return found;
};

const envFile = (path: string): Record<string, string> =>
  Object.fromEntries(
    read(path)
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** A service's environment as Compose makes it; throws where a variable is required and not set. */
function environmentOf(name: string, env: Readonly<Record<string, string>>): Record<string, string> {
  const fill = (text: string) =>
    text.replace(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, variable: string, mark: string, rest: string) => {
      const value = env[variable];
      if (value) return value;
      if (mark === '?') throw new Error(`${variable}: ${rest}`);
      return rest ?? '';
    });
  const entries = Object.entries(service(name).environment ?? {}).map(([key, value]) => [
    key,
    value === null ? env[key] : fill(value),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

const stages = () => {
  const found: { name: string; from: string; lines: string[] }[] = [];
  for (const line of read('Dockerfile').replace(/\\\n/g, ' ').split('\n')) {
    const from = /^FROM (\S+) AS (\S+)$/.exec(line);
    if (from) found.push({ from: from[1] ?? '', name: from[2] ?? '', lines: [] });
    else if (/^[A-Z]+ /.test(line)) found.at(-1)?.lines.push(line);
  }
  return found;
};

describe('docker-compose.yml', () => {
  it('pins every image to a version', () => {
    for (const [name, { image, build }] of services) {
      assert.ok(image || build, name);
      if (image) assert.match(image, /:\d+\.\d+/, name);
    }
    assert.doesNotMatch(TEXT, /:latest/);
  });

  it('publishes ports on loopback only', () => {
    for (const [name, { ports = [] }] of services) for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
  });

  it('waits for services that exist, in ways that they offer', () => {
    for (const [name, { depends_on = {} }] of services)
      for (const [other, { condition, required }] of Object.entries(depends_on)) {
        const { healthcheck, profiles } = service(other);
        if (condition === 'service_healthy') assert.ok(healthcheck?.test, `${name} waits for the health of ${other}`);
        if (profiles && !service(name).profiles) assert.equal(required, false, `${name} needs ${other} of a profile`);
      }
  });

  it('says of every service that stays whether it is healthy', () => {
    const once = new Set(
      services.flatMap(([, { depends_on = {} }]) =>
        Object.entries(depends_on).flatMap(([name, { condition }]) =>
          condition === 'service_completed_successfully' ? [name] : [],
        ),
      ),
    );
    for (const [name, { healthcheck, build }] of services) {
      if (once.has(name)) continue;
      const inImage =
        build &&
        stages()
          .find(({ name: stage }) => stage === build.target)
          ?.lines.some((l) => l.startsWith('HEALTHCHECK'));
      assert.ok(healthcheck?.test || inImage, name);
    }
  });

  it('mounts files that are there and volumes that are declared', () => {
    for (const [name, { volumes = [] }] of services)
      for (const volume of volumes) {
        const from = volume.split(':')[0] ?? '';
        if (from.startsWith('.')) assert.ok(existsSync(join(ROOT, from)), `${name}: ${from}`);
        else assert.ok(from in compose.volumes, `${name}: ${from}`);
      }
  });

  it('runs files and modules that are there', () => {
    const modules = services.flatMap(([, { command = [] }]) => command.filter((_, at) => command[at - 1] === '-m'));
    assert.ok(modules.length >= 2);
    for (const module of modules)
      assert.ok(
        ['.py', '/__main__.py'].some((end) => existsSync(join(ROOT, 'local', `${module}${end}`))),
        module,
      );
    const imported = [...TEXT.matchAll(/from '(\.\/[^']+)'/g)].map(([, path = '']) => path);
    assert.ok(imported.length > 0);
    for (const path of imported) assert.ok(existsSync(join(ROOT, path)), path);
  });

  it('makes the account ready by a command that loads', async () => {
    const code = service('aws-setup').command?.at(-1) ?? '';
    const loads = code.replace(/await provision\(.*\)/, 'if (typeof provision !== "function") process.exit(1)');
    assert.notEqual(loads, code);
    await execa('node', ['--import', 'tsx', '--input-type=module', '--eval', loads], { cwd: ROOT, timeout: 30_000 });
  });

  it('registers the very search attributes that the workflows set', () => {
    const command = service('temporal-namespace').command?.at(-1) ?? '';
    const registered = [...command.matchAll(/--name (\w+) --type (\w+)/g)].map(([, name, type]) => [
      name,
      type?.toUpperCase(),
    ]);
    assert.deepEqual(registered.sort(), SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type]).sort());
  });

  it('holds no secret: the password of the database must be given', () => {
    const secrets = services.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment).flatMap(([key, value]) =>
        /PASSWORD|PWD|SECRET|TOKEN/.test(key) && !key.endsWith('_FILE') && value !== null
          ? [[name, key, value] as const]
          : [],
      ),
    );
    assert.ok(secrets.length >= 3);
    for (const [name, key, value] of secrets)
      assert.ok(/^\$\{[A-Z_]+:\?.+\}$/.test(value) || (name === 'sagemaker' && value === 'test'), `${name} ${key}`);
  });
});

describe('the worker in Docker', () => {
  const given = {
    PERENNIAL_BUCKET: 'models',
    PERENNIAL_JOB_ROLE_ARN: 'arn:aws:iam::123456789012:role/jobs',
    PERENNIAL_LAMBDA_ROLE_ARN: 'arn:aws:iam::123456789012:role/lambda',
  };

  it('gets an environment that it can read', () => {
    const config = readConfig(environmentOf('worker', { ...given, AWS_REGION: 'eu-west-1' }));
    assert.equal(config.bucket, 'models');
    assert.equal(config.region, 'eu-west-1');
  });

  it('does not start without its bucket and roles', () => {
    for (const name of Object.keys(given))
      assert.throws(() => environmentOf('worker', { ...given, [name]: '' }), new RegExp(`^Error: ${name}: `));
  });

  it('has no endpoint of its own, so that it talks to AWS', () => {
    const env = environmentOf('worker', given);
    assert.deepEqual(
      Object.keys(env).filter((name) => name.startsWith('AWS_ENDPOINT')),
      [],
    );
  });

  it('talks to the laptop cloud with the settings of the profile', () => {
    const env = environmentOf('worker', envFile('docker/laptop.env'));
    const config = readConfig(env);
    assert.equal(config.bucket, BUCKET);
    assert.equal(config.region, REGION);
    assert.ok(config.jobRoleArn.endsWith(`role/${JOB_ROLE}`));
    assert.ok(config.lambdaRoleArn.endsWith(`role/${LAMBDA_ROLE}`));
    for (const [name, value] of Object.entries(env)) {
      if (!name.startsWith('AWS_ENDPOINT')) continue;
      const { hostname, port } = new URL(value);
      assert.deepEqual(service(hostname).profiles, ['laptop'], name);
      assert.ok(
        service(hostname).ports?.some((published) => published.endsWith(`:${port}`)),
        name,
      );
    }
  });

  it('knows, with the API, every setting that they read', () => {
    const [, ofProcesses = ''] = /^const environment = (.*?)^\}\);/ms.exec(read('src/config.ts')) ?? [];
    const settings = [...ofProcesses.matchAll(/^ {2}((?:PERENNIAL|AWS)_[A-Z_]+):/gm)].map(([, name = '']) => name);
    assert.ok(settings.length > 5);
    const image = read('Dockerfile');
    const known = { ...service('worker').environment, ...service('api').environment };
    for (const name of settings) assert.ok(name in known || image.includes(`${name}=`), name);
  });
});

describe('the Dockerfile', () => {
  it('has a stage for each that is built, on images pinned to a version', () => {
    const names = stages().map(({ name }) => name);
    for (const { from } of stages()) assert.ok(names.includes(from) || /^[a-z]+:\d+\.\d+\.\d+-/.test(from), from);
    for (const [name, { build }] of services) if (build) assert.ok(names.includes(build.target), name);
    assert.equal(names.at(-1), 'worker');
  });

  it('copies what is there, and only what is not kept from the engine', () => {
    const ignore = read('.dockerignore').split('\n');
    const sources = stages().flatMap(({ lines }) =>
      lines
        .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
        .flatMap((line) => line.split(/\s+/).slice(1, -1)),
    );
    assert.ok(sources.length > 5);
    for (const source of sources) {
      assert.ok(existsSync(join(ROOT, source)), source);
      const admitted = [source, source.split('/')[0]].some((path) => ignore.includes(`!${path}`));
      assert.ok(admitted, `.dockerignore keeps ${source} away`);
    }
    assert.equal(
      ignore.find((line) => line && !line.startsWith('#')),
      '*',
    );
  });

  it('runs nothing as root that stays', () => {
    for (const { name, lines } of stages().filter(({ name }) => ['worker', 'laptop'].includes(name))) {
      assert.equal(lines.filter((line) => line.startsWith('USER ')).at(-1), 'USER node', name);
      const after = lines.slice(lines.lastIndexOf('USER node') + 1);
      assert.ok(
        after.every((line) => !/^(RUN|COPY|USER)/.test(line)),
        name,
      );
    }
  });

  it('installs what the lock files say', () => {
    const text = read('Dockerfile');
    assert.match(text, /npm ci --omit=dev/);
    assert.match(text, /pip install .*--require-hashes -r local\/requirements\.txt/);
    assert.match(read('local/requirements.txt'), /--hash=sha256:/);
  });

  it('starts the worker that is there with the modules that production has', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: boolean }> };
    const worker =
      stages()
        .at(-1)
        ?.lines.find((line) => line.startsWith('CMD')) ?? '';
    const [, , tsx, script = ''] = JSON.parse(worker.slice('CMD '.length)) as string[];
    assert.ok(existsSync(join(ROOT, script)));
    for (const name of [tsx, '@temporalio/worker', 'esbuild', 'fflate']) {
      const entry = lock.packages[`node_modules/${name}`];
      assert.ok(entry && !entry.dev, name);
    }
  });
});

describe('docker compose', () => {
  it('reads the file as it is meant, where the plugin is installed', async function () {
    const version = await execa('docker', ['compose', 'version'], { reject: false, timeout: 20_000 });
    if (version.exitCode !== 0) return this.skip();
    const args = ['compose', '--env-file', 'docker/laptop.env', '--profile', 'laptop', 'config', '--services'];
    const { stdout } = await execa('docker', args, {
      cwd: ROOT,
      env: { POSTGRES_PASSWORD: 'for-a-test' },
      timeout: 30_000,
    });
    assert.deepEqual(stdout.split('\n').sort(), Object.keys(compose.services).sort());
  });
});
