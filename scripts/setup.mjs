/**
 * Makes a fresh clone ready: Node modules as locked, a Python environment as locked, and `npx perennial`;
 * with --clients also the environment of the AWS clients that the tests drive (AWS CLI, boto3, SageMaker's SDK),
 * with --spark also that of Glue's Spark jobs.
 * Does only what is missing, all of it side by side, needs nothing but Node and Python, and is quick when there is nothing to do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchJars, findJava } from './spark-jars.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Folders from the root: the environment, and where its locked packages are listed. */
const LAPTOP = { venv: '.venv', requirements: 'local/requirements.txt' };
const CLIENTS = { venv: '.venv-clients', requirements: 'test/clients/requirements.txt' };
/** `source` names the packages that come without wheels, `build` what makes theirs; all of them are locked. */
const SPARK = {
  venv: '.venv-spark',
  requirements: 'local/spark/requirements.txt',
  source: ['pyspark'],
  build: ['packaging', 'setuptools', 'wheel'],
};
/** Every locked Python package has wheels for these; newer ones are tried when none of these is there. */
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

class SetupError extends Error {}

try {
  checkNode();
  const parts = [setUpNodeModules(), setUpPython(LAPTOP)];
  if (process.argv.includes('--clients')) parts.push(setUpPython(CLIENTS));
  if (process.argv.includes('--spark')) parts.push(setUpSpark());
  // One that fails leaves the others complete.
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  linkCommand();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`set-up: ${error.message}`);
  process.exitCode = 2;
}

function checkNode() {
  if (process.platform === 'win32') throw new SetupError('Windows is not supported; use WSL, Linux or macOS');
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    throw new SetupError(`Node 20 or newer is needed, this is ${process.version}: see https://nodejs.org`);
}

async function setUpNodeModules() {
  const missing = missingModules();
  if (missing.length === 0) return;
  say(`installing Node modules (${missing.length} are missing or differ from package-lock.json)`);
  // No package here needs its install script, so none is run.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const done = await (npm ? run(process.execPath, [npm, ...args]) : run('npm', args));
  if (done.error) throw new SetupError(`npm is needed, and could not be run (${done.error.message})`);
  if (done.status !== 0) throw new SetupError('`npm ci` failed: see above; run set-up again when the cause is gone');
}

/** Names of locked packages that are not installed as locked. Optional ones may be absent: they are other platforms'. */
function missingModules() {
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(join(ROOT, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted || {}).flatMap(([path, { version, optional }]) => {
    if (path === '') return [];
    const found = installed?.[path];
    if (!found) return optional ? [] : [path];
    return found.version === version && existsSync(join(ROOT, path)) ? [] : [path];
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

async function setUpSpark() {
  try {
    findJava();
    await setUpPython(SPARK);
    fetchJars({ venv: join(ROOT, SPARK.venv), list: join(ROOT, 'local', 'spark'), say });
  } catch (error) {
    throw new SetupError(error.message);
  }
}

async function setUpPython({ venv, requirements, source = [], build = [] }) {
  const python = join(ROOT, venv, 'bin', 'python');
  const stamp = join(ROOT, venv, 'perennial-requirements.sha256');
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, requirements)))
    .digest('hex');
  if (executable(python) && readText(stamp) === wanted) return;
  if (!executable(python) || !readVersion(python)) await makeVenv(venv);
  say(`installing Python packages (${requirements})`);
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  const install = async (...what) => {
    const done = await run(python, [...args, '--require-hashes', ...what]);
    if (done.status !== 0)
      throw new SetupError('`pip install` failed: see above; run set-up again when the cause is gone');
  };
  if (build.length > 0) {
    const tools = join(ROOT, venv, 'build-tools.txt');
    writeFileSync(tools, locked(requirements, build));
    await install('-r', tools);
  }
  const built = source.flatMap((name) => ['--no-binary', name]);
  await install(...built, ...(built.length > 0 ? ['--no-build-isolation'] : []), '-r', requirements);
  writeFileSync(stamp, wanted);
}

/** What the locked requirements say of these packages: their versions and hashes. */
function locked(requirements, names) {
  const entries = readFileSync(join(ROOT, requirements), 'utf8').split(/\n(?=\S)/);
  return entries.filter((entry) => names.some((name) => entry.startsWith(`${name}==`))).join('\n');
}

async function makeVenv(venv) {
  const python = findPython();
  say(`making ${venv} with ${python}`);
  rmSync(join(ROOT, venv), { recursive: true, force: true });
  const done = await run(python, ['-m', 'venv', join(ROOT, venv)], 'pipe');
  if (done.status !== 0) throw new SetupError(`\`${python} -m venv\` failed:\n${done.said}`);
}

/** A Python that can make an environment; throws in words that say what is missing and how to get it. */
function findPython() {
  const found = PYTHONS.map((name) => ({ name, version: readVersion(name) })).filter(({ version }) => version);
  const recent = found.filter(({ version }) => version.major === 3 && version.minor >= 10);
  const able = recent.filter(({ version }) => version.venv);
  const best = able.find(({ version }) => version.minor <= 13) || able[0];
  if (best) return best.name;

  const mend =
    process.platform === 'darwin'
      ? 'brew install python@3.12'
      : 'apt install python3-venv (Debian, Ubuntu), dnf install python3 (Fedora)';
  const text = ({ major, minor }) => `${major}.${minor}`;
  const why = recent[0]
    ? `${recent[0].name} is ${text(recent[0].version)}, but has no venv or no ensurepip`
    : found[0]
      ? `${found[0].name} is ${text(found[0].version)}`
      : 'no python3 is on the PATH';
  throw new SetupError(`Python 3.10 or newer with the venv module is needed: ${mend}. Found: ${why}.`);
}

/** What a Python is and whether it can make environments; undefined when it does not run. */
function readVersion(python) {
  const script =
    'import sys, importlib.util as u; print(*sys.version_info[:2], all(u.find_spec(m) for m in ("venv", "ensurepip")))';
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    const text = execFileSync(python, ['-c', script], { encoding: 'utf8', stdio, timeout: 30000 });
    const [major, minor, venv] = text.trim().split(' ');
    return { major: Number(major), minor: Number(minor), venv: venv === 'True' };
  } catch {
    return undefined;
  }
}

/** `npx perennial` runs the clone's own command. */
function linkCommand() {
  const link = join(ROOT, 'node_modules', '.bin', 'perennial');
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  mkdirSync(join(ROOT, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(join('..', '..', 'bin', 'perennial.mjs'), link);
}

/** A program's exit code, what it said where that is not shown, and why it could not be run at all. */
function run(program, args, output = 'inherit') {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['inherit', output, output] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => (said += piece));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ error, status: null, said }));
    child.once('close', (status) => resolve({ status, said }));
  });
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function say(line) {
  console.error(`set-up: ${line}`);
}
