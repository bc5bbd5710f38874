/** `npm run chaos -- [--kills N] [--seed S] [--models M] [--beside R] [--json]`: exit code 0 only when every invariant held. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { besideEachOther } from './beside.ts';
import { chaos } from './run.ts';
import { report } from './table.ts';

const MANY = 1_000_000;

function options(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(randomInt(MANY)) },
      models: { type: 'string', default: '2' },
      beside: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'kills' | 'seed' | 'models' | 'beside', most: number): number => {
    const found = Number(values[name]);
    if (!Number.isInteger(found) || found < 0 || found > most)
      throw new TypeError(`--${name} ${values[name]}: give a whole number from 0 to ${most}`);
    return found;
  };
  return {
    ...{ kills: number('kills', MANY), seed: number('seed', MANY), models: number('models', 8) },
    ...{ beside: number('beside', 8), json: values.json },
  };
}

async function main(): Promise<void> {
  const { json, beside, ...asked } = options(process.argv.slice(2));
  const say = (line: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);
  const words = `--kills ${asked.kills} --seed ${asked.seed} --models ${asked.models}`;
  say(`seed ${asked.seed}: npm run chaos -- ${words}${beside > 1 ? ` --beside ${beside}` : ''}`);
  const stop = new AbortController();
  process.once('SIGINT', () => {
    say('no more kills: the stories that are played come to their ends, and are looked at; again to end at once');
    stop.abort();
  });
  const { signal } = stop;
  const result = beside > 1 ? await besideEachOther({ ...asked, beside, say: console.error, signal }) : await alone();
  console.log(json ? JSON.stringify(result) : report(result));
  if (result.broken.length > 0) process.exitCode = 1;

  async function alone() {
    const home = await mkdtemp(join(tmpdir(), 'chaos-'));
    const found = await chaos({ ...asked, home, say, signal });
    if (found.broken.length > 0) say(`what is left of it, logs included: ${home}`);
    else await rm(home, { recursive: true, force: true });
    return found;
  }
}

main().catch((error: unknown) => {
  const wrong = error instanceof TypeError;
  console.error(wrong ? `chaos: ${error.message}` : error);
  process.exit(wrong ? 2 : 1);
});
