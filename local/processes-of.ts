/** Which processes belong to a laptop cloud's home: all that carry its path in their environment or command line. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux only; elsewhere none are found. A zombie is no process. */
export function processesOf(home: string): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
        const zombie = / Z /.test(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\)/s, ''));
        return !zombie && (command.includes(home) || environment.includes(home))
          ? [{ pid: Number(name), command }]
          : [];
      } catch {
        return [];
      }
    });
}
