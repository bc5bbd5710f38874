/** What doctor looks at for the laptop cloud: the Python environments, Temporal's CLI, the ports, what runs. */
import { accessSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../src/operations/doctor/index.ts';
import { USUAL_PORTS } from './cloud.ts';
import { homePath, ROOT, readState } from './home.ts';
import { freePort } from './ports.ts';
import { findTemporal, NotSetUp, python } from './services.ts';

type Told = Awaited<ReturnType<Check['run']>>[number];

/** Nothing is looked at where a person has set AWS or Temporal: the laptop cloud is not meant. */
export function laptopChecks(): Check[] {
  const state = readState(homePath());
  const ours = state?.status === 'running';
  if (
    !ours &&
    ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_ENDPOINT_URL', 'TEMPORAL_ADDRESS'].some((name) => process.env[name])
  )
    return [];
  const check = (what: string, run: () => Told | Promise<Told>): Check => ({
    area: 'laptop',
    what,
    run: async () => [await run()],
  });
  return [
    check('Python', () => there(() => `Python is ${python()}`)),
    check("Temporal's CLI", () => there(() => `Temporal's CLI is ${findTemporal()}`)),
    check('Spark', spark),
    ours
      ? check('the laptop cloud', () => ({ state: 'ok', found: `the laptop cloud runs in ${homePath()}` }))
      : check('ports', ports),
  ];
}

function there(look: () => string): Told {
  try {
    return { state: 'ok', found: look() };
  } catch (error) {
    if (!(error instanceof NotSetUp)) throw error;
    return { state: 'wrong', found: error.message, mend: 'then look again' };
  }
}

function spark(): Told {
  try {
    accessSync(join(ROOT, '.venv-spark', 'bin', 'python'));
    return { state: 'ok', found: 'Spark for Glue jobs is set up' };
  } catch {
    return { state: 'warning', found: 'Spark is not set up', mend: 'only Glue jobs need it: docs/laptop-glue.md' };
  }
}

async function ports(): Promise<Told> {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(USUAL_PORTS))
    if ((await freePort(port)) !== port) taken.push(`${port} (${name})`);
  if (taken.length === 0) return { state: 'ok', found: 'the usual ports are free' };
  return {
    state: 'warning',
    found: `ports ${taken.join(', ')} are taken`,
    mend: '`perennial up` takes the next free ones',
  };
}
