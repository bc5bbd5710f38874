/**
 * Runs the tests: a run of mocha a room of `test`, some beside each other, since one alone waits for its clouds most of the time.
 * Those whose title ends with @long only with `--all`. Other arguments go to mocha. Prints its lines as they come, behind the
 * room's name, then again what failed, and at last `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';

const BESIDE = 3;
/** Lines of a room that failed which are told again at the end: of a CI's log often only the end is kept. */
const MOST_OF_FAILURE = 60;
/** The rooms that take longest begin first; each that needs the laptop cloud has one to itself. */
const ROOMS = {
  chaos: /^chaos/,
  cycles: /^end-to-end/,
  cli: /^(cli|local|api)\//,
  reader: /^docs\/tutorial/,
  container: /^container/,
  lives: /^(activities|aws|pages)/,
  turns: /^workflows\/[n-z]/,
  workflows: /^workflows/,
  clients: /^clients/,
  faults: /^faults/,
  data: /^(data|fuzz)/,
  sagemaker: /^sagemaker\/([a-s]|tra)/,
  tuning: /^sagemaker/,
  glue: /^glue/,
};
const OTHERS = 'small';

const given = process.argv.slice(2).filter((word) => word !== '--all');
const short = process.argv.includes('--all') ? [] : ['--fgrep', '@long', '--invert'];
const files = readdirSync('test', { recursive: true }).filter((path) => path.endsWith('.test.ts'));
const roomOf = (path) => Object.keys(ROOMS).find((room) => ROOMS[room].test(path)) ?? OTHERS;
const waiting = [...Object.keys(ROOMS), OTHERS];
const ended = [];

await Promise.all(Array.from({ length: BESIDE }, work));
for (const { room, code, said } of ended.filter((run) => run.code !== 0)) {
  for (const line of [...said, `ended with ${code}`]) console.log(`${room.padEnd(9)} ✗ ${line}`);
}
const sum = (of) => ended.reduce((total, run) => total + run[of], 0);
console.log(`${sum('passing')} passed, ${sum('failing')} failed`);
process.exitCode = ended.every(({ code }) => code === 0) && sum('passing') > 0 ? 0 : 1;

async function work() {
  for (let room = waiting.shift(); room; room = waiting.shift()) ended.push(await run(room));
}

/** A run that ended before it could count is one failure. */
async function run(room) {
  const paths = files.filter((path) => roomOf(path) === room).map((path) => `test/${path}`);
  const mocha = ['node_modules/mocha/bin/mocha.js', ...paths, ...short, ...given];
  const child = spawn(process.execPath, mocha, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  const counts = { passing: 0, failing: 0 };
  let said = [];
  for await (const line of createInterface({ input: child.stdout })) {
    console.log(`${room.padEnd(9)} │ ${line}`);
    const [, count, what] = /^ {2}(\d+) (passing|failing)\b/.exec(line) ?? [];
    if (what) counts[what] = Number(count);
    said = what === 'failing' ? [line] : [...said, line].slice(-MOST_OF_FAILURE);
  }
  const code = await closed;
  return { room, ...counts, said, failing: code === 0 ? 0 : Math.max(1, counts.failing), code };
}
