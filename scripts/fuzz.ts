/** `npm run fuzz -- [--runs N] [--seed S]`: the tests of test/fuzz, N times as much as `npm test` tries. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '20' }, seed: { type: 'string' } } });
const env = { ...process.env, FUZZ_RUNS: values.runs, ...(values.seed !== undefined && { FUZZ_SEED: values.seed }) };
const { status } = spawnSync('npx', ['mocha', 'test/fuzz/**/*.test.ts', '--timeout', '0'], { env, stdio: 'inherit' });
process.exit(status ?? 1);
