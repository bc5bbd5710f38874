/** Builds of the worker: `versions` tells and promotes them, `replay` asks whether what runs would go on with the code at hand. */
import { duration } from '../arguments.ts';
import { command, type Outcome } from '../command.ts';
import { columns } from '../format.ts';
import { BY, person, withOperator } from '../model.ts';

/** Runs that could not go on. */
const BROKEN = 3;

const BUNDLE = {
  type: 'string',
  valueHint: 'file',
  description: 'A workflow bundle made beforehand; the sources of this folder when left out',
} as const;
const CLOSED = {
  type: 'string',
  valueHint: 'duration',
  default: '1 day',
  description: 'Replay runs, too, that closed within this time',
} as const;

export const replay = command({
  description: 'Replay what runs, and ran lately, on the code at hand; exit code 3 when a run could not go on with it',
  examples: {
    replay: 'the code of this folder',
    'replay --closed 0': 'only what is open',
  },
  args: { bundle: BUNDLE, closed: CLOSED },
  async run({ args, show }) {
    const asked = { bundle: args.bundle, closedWithin: closed(args.closed) };
    return withOperator(async (operator, operations) => {
      show({ what: 'replaying', since: Date.now() });
      const found = await operations.replayRuns(operator, asked);
      return { json: found, text: replayText(found), exitCode: found.broken.length > 0 ? BROKEN : 0 };
    });
  },
});

export const versions = command({
  description:
    'Tell which builds of the worker there are and what runs on each; with --promote, make one the current one',
  examples: {
    versions: 'tell',
    'versions --promote 4f2c91a': 'new runs begin on this build',
  },
  args: {
    promote: {
      type: 'string',
      valueHint: 'build',
      description: 'New runs begin on this build from now on; before, what runs is replayed on the code at hand',
    },
    bundle: BUNDLE,
    closed: CLOSED,
    force: { type: 'boolean', description: 'Promote though a run could not go on with it' },
    by: BY,
  },
  async run({ args, show, note }) {
    const { promote: build, bundle, force } = args;
    const closedWithin = closed(args.closed);
    return withOperator(async (operator, operations): Promise<Outcome> => {
      if (build !== undefined) {
        show({ what: 'replaying what runs', since: Date.now() });
        const found = await operations.replayRuns(operator, { bundle, closedWithin });
        if (found.broken.length > 0 && !force)
          return {
            json: { promoted: false, ...found },
            text: `${replayText(found)}\n${NOT_PROMOTED}`,
            exitCode: BROKEN,
          };
        note(replayText(found));
        await operations.promoteVersion(operator, { build, by: person(args.by) });
      }
      const builds = await operations.versions(operator);
      return { json: builds, text: buildsText(builds) };
    });
  },
});

type Operations = typeof import('../../operations/index.ts');
type Found = Awaited<ReturnType<Operations['replayRuns']>>;
type Builds = Awaited<ReturnType<Operations['versions']>>;

const MEND =
  'Guard the change with patched(), or keep workers of the build that began these runs until they have ended.';
const NOT_PROMOTED = 'Nothing was promoted; --force does it all the same.';

/** A line a run that breaks. Pure. */
export function replayText({ replayed, broken }: Found): string {
  const lines = broken.map(({ workflowId, runId, type, event, open, problem }) =>
    [
      `  ${type} ${workflowId} (${open ? 'open' : 'closed'}, run ${runId})`,
      `    ${event === undefined ? '' : `at event ${event}: `}${problem}`,
    ].join('\n'),
  );
  const head = `${replayed} runs replayed, ${broken.length} could not go on with this code`;
  return [head, ...lines, ...(lines.length > 0 ? [MEND] : [])].join('\n');
}

/** A line a build, newest first. Pure. */
export function buildsText(builds: Builds): string {
  const rows = builds.map(({ build, status, since = '', open }) => [
    build,
    status,
    since,
    Object.entries(open)
      .map(([type, count]) => `${count} ${type}`)
      .join(', ') || 'nothing',
  ]);
  return columns([['BUILD', 'STATUS', 'SINCE', 'OPEN RUNS'], ...rows], '');
}

const closed = (text: string): number =>
  text === '0' ? 0 : duration(text, '--closed', 'give a duration such as 1 day, or 0 for none');
