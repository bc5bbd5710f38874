/**
 * Runs every test by two runs of mocha beside each other, since one alone leaves half of two cores idle: each has clouds of
 * its own. Arguments go to both. Prints their lines as they come, behind the run's name, and at last `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the first run takes; the second takes all else. */
const SERVERS = ['clients', 'glue', 'sagemaker'];
const files = readdirSync('test', { recursive: true }).filter((path) => path.endsWith('.test.ts'));
const isServers = (path) => SERVERS.some((folder) => path.startsWith(`${folder}/`));

const runs = await Promise.all([
  run('servers', files.filter(isServers)),
  run(
    'lives',
    files.filter((path) => !isServers(path)),
  ),
]);
const sum = (of) => runs.reduce((total, one) => total + one[of], 0);
console.log(`${sum('passing')} passed, ${sum('failing')} failed`);
process.exitCode = runs.every(({ code }) => code === 0) && sum('passing') > 0 ? 0 : 1;

/** A run that ended before it could count is one failure. */
async function run(name, paths) {
  const mocha = ['node_modules/mocha/bin/mocha.js', ...paths.map((path) => `test/${path}`), ...process.argv.slice(2)];
  const child = spawn(process.execPath, mocha, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const counts = { passing: 0, failing: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(`${name.padEnd(7)} │ ${line}`);
    const [, count, what] = /^ {2}(\d+) (passing|failing)\b/.exec(line) ?? [];
    if (what) counts[what] = Number(count);
  }
  const code = await ended;
  return { ...counts, failing: code === 0 ? 0 : Math.max(1, counts.failing), code };
}
