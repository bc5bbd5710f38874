/**
 * The demo: one model from a plan to a monitored endpoint and round again, on 3,000,000 real flights.
 * `npm run demo` stays up until Ctrl-C; `npm run demo -- --exit` stops by itself, exit code 0 only if all really happened.
 */
import './quiet.ts';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cloud, startCloud } from '../local/cloud.ts';
import { homePath, readState } from '../local/home.ts';
import { checkStory, printMeasured } from './measured.ts';
import { narrate } from './narrator.ts';
import { tellStory } from './story.ts';

const exits = process.argv.includes('--exit');
const home = join(homePath(), 'demo');
const say = narrate();
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));

async function main(): Promise<number> {
  if (readState(home)) {
    say.line(
      `another demo is running in ${home}; stop it first (Ctrl-C there, or PERENNIAL_HOME=${home} npx perennial down)`,
    );
    return 2;
  }
  await rm(home, { recursive: true, force: true });
  let cloud: Cloud | undefined;
  try {
    say.title('The laptop cloud');
    say.live('starting Temporal, AWS and SageMaker, and a worker');
    cloud = await startCloud({ home, worker: true, say: say.live });
    say.line(`Temporal Web UI: ${cloud.ui ?? cloud.env.TEMPORAL_ADDRESS}   AWS: ${cloud.env.AWS_ENDPOINT_URL}`);
    Object.assign(process.env, cloud.env);
    const story = await Promise.race([tellStory(say, interrupted.signal), interruption()]);
    const checks = checkStory(story);
    printMeasured(say, story, checks);
    const held = checks.every(({ held }) => held);
    if (!exits) await stayUp(cloud);
    return held ? 0 : 1;
  } catch (error) {
    say.done();
    if (interrupted.signal.aborted) return 130;
    console.error(error);
    say.line(`logs: ${join(home, 'logs')}`);
    return 1;
  } finally {
    say.live('stopping');
    await cloud?.stop();
    say.done();
  }
}

/** Rejects at Ctrl-C. */
const interruption = (): Promise<never> =>
  new Promise((_, reject) =>
    interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason), { once: true }),
  );

/** Until Ctrl-C, or until the cloud breaks. */
async function stayUp({ ui, stopped }: Cloud): Promise<void> {
  say.title('It stays up until Ctrl-C');
  say.line(`Temporal Web UI: ${ui}`);
  say.line(`The CLI, in another terminal:  PERENNIAL_HOME=${home} npx perennial status flight-delays`);
  await Promise.race([interruption().catch(() => {}), stopped]);
}

process.exitCode = await main();
