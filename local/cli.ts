/** The CLI on a laptop: Perennial's commands, and those of the laptop cloud. */
import type { Commands } from '../src/cli/command.ts';
import { command } from '../src/cli/command.ts';
import { completionOf } from '../src/cli/commands/completion.ts';
import { doctorWith } from '../src/cli/commands/doctor.ts';
import { commands } from '../src/cli/commands.ts';
import { main } from '../src/cli/main.ts';
import { UserError } from '../src/errors.ts';
import { startInBackground, stopInBackground } from './background.ts';
import { laptopChecks } from './doctor.ts';
import { exportLines } from './environment.ts';
import { type CloudState, homePath, openHome, readState } from './home.ts';
import { NotSetUp } from './services.ts';

/** Runs a command line; the exit code. */
export async function run(words: readonly string[]): Promise<number> {
  adoptLaptopCloud(words);
  return main(words, everyCommand);
}

const up = command({
  description: 'Start AWS, Temporal, a worker and the API on this machine, and leave them running',
  examples: {
    up: 'all of it',
    'up --no-worker': 'run your own by `perennial worker`',
  },
  args: {
    worker: {
      type: 'boolean',
      default: true,
      description: 'Run a worker, too',
      negativeDescription: 'Run no worker: start your own with `perennial worker`',
    },
  },
  async run({ args, show, signal }) {
    const home = homePath();
    const running = readState(home);
    if (running?.status === 'running') return describe(running, 'The laptop cloud is running already.');
    const since = Date.now();
    const say = (what: string) => show({ what, since });
    say(`starting Temporal, AWS, SageMaker and the API${args.worker ? ', and a worker' : ''}`);
    try {
      return describe(
        await startInBackground({ root: home, worker: args.worker, signal, say }),
        'The laptop cloud is up.',
      );
    } catch (error) {
      if (error instanceof NotSetUp) throw new UserError(error.message, 'then try again');
      throw new UserError(
        `the laptop cloud did not start: ${(error as Error).message}`,
        `logs: ${openHome(home).logs}`,
      );
    }
  },
});

const down = command({
  description: 'Stop what `up` started, and wait until it has stopped',
  examples: {
    down: 'models and data stay for the next `up`',
  },
  args: {},
  async run({ show }) {
    const home = homePath();
    show({ what: 'stopping the laptop cloud', since: Date.now() });
    const stopped = await stopInBackground(home);
    return { json: { home, stopped }, text: stopped ? 'The laptop cloud has stopped.' : 'No laptop cloud is running.' };
  },
});

const env = command({
  description: 'Print what a shell needs to talk to the laptop cloud: eval "$(npx perennial env)"',
  examples: {
    env: 'eval "$(npx perennial env)" lets any AWS tool look at the laptop cloud',
  },
  args: {},
  async run() {
    const state = readState(homePath());
    if (state?.status !== 'running')
      throw new UserError(`no laptop cloud is running in ${homePath()}`, 'start it with `perennial up`');
    return { json: state.env, text: exportLines(state.env) };
  },
});

/** Those of Perennial, and those of the laptop cloud. */
export const everyCommand: Commands = {
  ...{ up, down, env },
  ...commands,
  doctor: doctorWith(laptopChecks),
  completion: completionOf(() => everyCommand),
};

function describe(state: CloudState, first: string) {
  const lines = [
    first,
    ...(state.ui ? [`  Temporal's Web UI: ${state.ui}`] : [`  Temporal: ${state.env.TEMPORAL_ADDRESS}`]),
    `  Pages:             perennial open, or ${state.env.PERENNIAL_API} with the token in ${state.env.PERENNIAL_API_TOKEN_FILE}`,
    `  AWS:               ${state.env.AWS_ENDPOINT_URL}`,
    `  SageMaker:         ${state.env.AWS_ENDPOINT_URL_SAGEMAKER}`,
    `  API:               ${state.env.PERENNIAL_API}/docs, with the same token`,
    '  For other tools:   eval "$(npx perennial env)"',
  ];
  const { since, pid, services, ui } = state;
  const json = {
    home: homePath(),
    since,
    pid,
    ui,
    env: state.env,
    services: services.map(({ name, pid, log }) => ({ name, pid, log })),
  };
  return { json, text: lines.join('\n') };
}

/** A person who has set nothing means the laptop cloud that runs; it is said, so that nobody is surprised. */
function adoptLaptopCloud(words: readonly string[]): void {
  const [name = ''] = words;
  const theirs = ['AWS_ENDPOINT_URL', 'TEMPORAL_ADDRESS', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'];
  if (!Object.hasOwn(commands, name) || words.includes('--help') || theirs.some((variable) => process.env[variable]))
    return;
  const state = readState(homePath());
  if (state?.status !== 'running') return;
  Object.assign(process.env, state.env);
  if (!['validate', 'init', 'completion', 'token'].includes(name))
    console.error(`using the laptop cloud in ${homePath()}`);
}
