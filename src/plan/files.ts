/** Which files beside a plan belong to it, but for its features. */
import { readdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Plan } from './schema.ts';

/** Paths relative to the plan's folder, in order: derived tables, scripts, and the Python files and requirements.txt in a script's own folder. */
export async function filesOf({ prepare, train }: Plan, home: string): Promise<string[]> {
  const tables = Object.values(prepare.derive?.tables ?? {});
  const scripts = train.candidates.flatMap(({ script }) => script ?? []);
  const beside = await Promise.all(scripts.map((script) => helpersOf(script, home)));
  return [...new Set([...tables, ...scripts, ...beside.flat()].map((path) => posix.normalize(path)))].sort();
}

/** A script that lies beside plan.yaml itself brings requirements.txt only. */
async function helpersOf(script: string, home: string): Promise<string[]> {
  const folder = dirname(script);
  const names = await readdir(join(home, folder)).catch(() => []);
  return names
    .filter((name) => name === 'requirements.txt' || (folder !== '.' && name.endsWith('.py')))
    .map((name) => posix.join(folder, name));
}
