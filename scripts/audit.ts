/**
 * Asks the registries whether a version that is locked here has a known flaw: of npm by `npm audit`, of Python by `pip-audit`
 * where it is installed. Fails on high and critical ones; what cannot be asked is pending, and fails nothing.
 */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const WITHIN_MS = 20_000;
const PYTHON = ['local/requirements.txt'];

/** Why nobody knows, or what is flawed. */
interface Verdict {
  readonly pending?: string;
  readonly flaws?: readonly string[];
}
interface NpmAnswer {
  readonly message?: string;
  readonly metadata?: { readonly vulnerabilities?: object };
  readonly vulnerabilities?: Readonly<Record<string, { name: string; severity: string; range: string }>>;
}
interface PythonAnswer {
  readonly dependencies?: readonly {
    readonly name: string;
    readonly version: string;
    readonly vulns?: readonly { readonly id: string; readonly fix_versions: readonly string[] }[];
  }[];
}

/** Of `npm audit --json`. */
export function npmVerdict(text: string): Verdict {
  const answer = parsed<NpmAnswer>(text);
  if (!answer?.metadata?.vulnerabilities) return { pending: answer?.message ?? 'npm gave no answer' };
  const flawed = Object.values(answer.vulnerabilities ?? {}).filter(({ severity }) =>
    /^(high|critical)$/.test(severity),
  );
  return { flaws: flawed.map(({ name, severity, range }) => `${name} ${range}: ${severity}`) };
}

/** Of `pip-audit --format json`, which tells no severity: every flaw that a newer version mends counts. */
export function pythonVerdict(text: string): Verdict {
  const answer = parsed<PythonAnswer>(text);
  if (!answer?.dependencies) return { pending: 'pip-audit gave no answer' };
  const flaws = answer.dependencies.flatMap(({ name, version, vulns = [] }) =>
    vulns.filter(({ fix_versions: mends }) => mends.length > 0).map(({ id }) => `${name} ${version}: ${id}`),
  );
  return { flaws };
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** What it says; undefined when it is not there or does not answer in time. */
function ask(program: string, args: readonly string[]): string | undefined {
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8', timeout: WITHIN_MS, maxBuffer: 2 ** 28 });
  return error && !stdout ? undefined : stdout;
}

function audit(): number {
  const npm = ask('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=10000']);
  const verdicts: [string, Verdict][] = [['npm packages', npmVerdict(npm ?? '')]];
  for (const file of PYTHON) {
    const text = ask('pip-audit', ['--require-hashes', '--disable-pip', '--format', 'json', '-r', file]);
    const verdict = text === undefined ? { pending: 'pip-audit is not installed' } : pythonVerdict(text);
    verdicts.push([file, verdict]);
  }
  for (const [what, { pending, flaws = [] }] of verdicts) {
    const said = pending ? `pending (${pending})` : flaws.length > 0 ? flaws.join('; ') : 'no known flaw';
    console.log(`audit of ${what}: ${said}`);
  }
  return verdicts.some(([, { flaws = [] }]) => flaws.length > 0) ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = audit();
