/** The sweeper: finds by tag what nothing needs, and deletes it when a person wants that. */
import { stopJob } from '../aws/jobs.ts';
import { readLedger } from '../aws/ledger.ts';
import { deleteObjects } from '../aws/objects.ts';
import { deleteOwned, listOwned, OWNED_KINDS, type Owned } from '../aws/owned.ts';
import { type RunningJob, runningJobs } from '../aws/running-jobs.ts';
import { orphansOf, type Thing, type Truth } from '../data/orphans.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { leftovers } from './leftovers.ts';
import { type Progress, reporting } from './progress.ts';
import type { LedgerEntry, Orphan, SweepFound, SweepLook } from './types.ts';

type Found = Thing & {
  readonly arn?: string;
  readonly bytes?: number;
  readonly owned?: Owned;
  readonly job?: RunningJob;
  readonly objects?: readonly string[];
};
type Looked = Omit<SweepFound, 'found'> & {
  readonly found: readonly { readonly thing: Found; readonly why: string }[];
};

export const sweepActivities = (deps: Deps): Pick<Activities, 'findOrphans' | 'deleteOrphans'> => ({
  findOrphans: (input) =>
    reporting('looking at what there is', async (progress) => {
      const { found, ...models } = await look(deps, input, progress);
      return { ...models, found: found.map(asOrphan) };
    }),

  deleteOrphans: ({ found: due, ...input }) =>
    reporting('looking once more', async (progress) => {
      const wanted = new Set(due.map(({ kind, name }) => `${kind} ${name}`));
      const { found } = await look(deps, input, progress);
      const deleted: string[] = [];
      for (const { thing } of inOrder(found)) {
        const what = `${thing.kind} ${thing.name}`;
        if (!wanted.has(what)) continue;
        progress.signal.throwIfAborted();
        progress.say(`deleting ${what}`);
        const gone = await remove(deps, thing);
        if (gone) deleted.push(what);
      }
      deps.log.info({ deleted }, 'swept');
      return { deleted };
    }),
});

async function remove({ aws, config }: Deps, { owned, job, objects }: Found): Promise<boolean> {
  if (job) return (await stopJob(aws.sagemaker, job)).asked;
  if (owned) return deleteOwned(aws, owned);
  await deleteObjects(aws.s3, config.bucket, objects ?? []);
  return true;
}

async function look(
  deps: Deps,
  { living, only, now, olderThan }: SweepLook,
  { say, signal }: Progress,
): Promise<Looked> {
  const { aws, store } = deps;
  const things: Found[] = [];
  for (const kind of OWNED_KINDS) {
    signal.throwIfAborted();
    say(`looking at each ${kind}`);
    things.push(...(await listOwned(aws, kind)).map((owned) => ({ ...owned, owned })));
  }
  say('looking at each job that runs');
  things.push(...(await runningJobs(aws.sagemaker)).map((job) => ({ ...job, kind: `${job.kind} job`, job })));

  const alive = new Map(living.map((one) => [one.model, one]));
  const tagged = things.flatMap(({ model }) => model ?? []);
  const named = [...new Set(only === undefined ? tagged : [only])].sort();
  const gone = new Map<string, { since?: string; why: string }>();
  const unknown: string[] = [];
  for (const model of named.filter((name) => !alive.has(name))) {
    const entries = await readLedger(store, model);
    const retired = retiredAt(entries);
    if (retired) gone.set(model, { since: retired, why: `the model was retired at ${retired}` });
    else if (only === model) gone.set(model, { since: entries.at(-1)?.at, why: 'no such model lives' });
    else unknown.push(model);
  }
  const truth: Truth = { living: alive, gone, now };
  const found: { thing: Found; why: string }[] = orphansOf(things, truth).filter(
    ({ thing }) => only === undefined || thing.model === only,
  );
  const idle = living.filter(({ model, busy }) => !busy && (only === undefined || only === model));
  const before = new Date(Date.parse(now) - olderThan);
  for (const { model, kept } of [...idle, ...[...gone.keys()].map((name) => ({ model: name, kept: [] }))]) {
    signal.throwIfAborted();
    say(`looking at what cycles of ${model} left`);
    for (const thing of await leftovers(deps, { model, kept, before }))
      found.push({ thing, why: `its cycle ended without a version, and wrote nothing since ${before.toISOString()}` });
  }
  return { found, gone: [...gone.keys()], unknown };
}

/** When the model ended; undefined when a plan was applied since. */
function retiredAt(entries: readonly LedgerEntry[]): string | undefined {
  const last = entries.findLast(({ event }) => event === 'retired' || event === 'plan applied');
  return last?.event === 'retired' ? last.at : undefined;
}

const asOrphan = ({ thing, why }: Looked['found'][number]): Orphan => ({
  ...{ kind: thing.kind, name: thing.name, model: thing.model ?? '', why },
  ...(thing.arn ? { arn: thing.arn } : {}),
  ...(thing.bytes === undefined ? {} : { bytes: thing.bytes }),
});

/** Jobs are stopped first; then as the kinds are deleted. */
const inOrder = (found: Looked['found']): Looked['found'] => {
  const rank = ({ thing }: Looked['found'][number]) => (OWNED_KINDS as readonly string[]).indexOf(thing.kind);
  return [...found].sort((a, b) => rank(a) - rank(b));
};
