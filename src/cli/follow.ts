/** Following a cycle to its end: a line for every stage that is over, a live line for the one that runs. */
import { UserError } from '../errors.ts';
import type { CycleLook, CycleNews, Operator, PendingActivity } from '../operations/types.ts';
import { span } from '../plan/span.ts';
import type { CycleOutcome, CycleProgress, StageProgress } from '../workflows/shapes.ts';
import type { Context } from './command.ts';

const LONGEST = 200;

type Operations = typeof import('../operations/index.ts');
type Watch = Pick<Context, 'signal' | 'show' | 'note'>;

/** Throws `UserError` when a person ends the waiting: the cycle goes on. */
export async function follow(
  operator: Operator,
  operations: Operations,
  { model, cycle }: { model: string; cycle: number },
  watch: Watch,
): Promise<CycleOutcome> {
  const told = new Set<string>();
  try {
    for await (const news of operations.waitForCycle(operator, { model, cycle, signal: watch.signal })) {
      if (news.kind === 'ended') {
        // Stages that ended since the last look; a cycle whose worker is gone tells no more.
        const last = await operations.look(operator, model, cycle).catch(() => undefined);
        if (last) tellStages(last.progress, told, watch);
        return news.outcome;
      }
      if (news.kind === 'running') tellStages(news.progress, told, watch);
      watch.show(news.kind === 'running' ? running(news) : waiting(news));
    }
  } catch (error) {
    if (!watch.signal.aborted) throw error;
    throw new UserError(
      `cycle ${cycle} of ${model} goes on without you`,
      `"perennial status ${model} --wait" follows it again`,
    );
  }
  throw new Error(`cycle ${cycle} of ${model} has no end`);
}

function tellStages({ stages }: CycleProgress, told: Set<string>, { note }: Watch): void {
  for (const stage of stages) {
    if (told.has(stage.stage) || !(stage.state === 'done' || stage.state === 'failed')) continue;
    told.add(stage.stage);
    note(stageLine(stage));
  }
}

/** One line a stage; `--json` and the Web UI have all of what it found. */
export function stageLine({ stage, state, startedAt, endedAt, lines }: StageProgress): string {
  const mark = { done: '✓', failed: '✗', running: '▶', skipped: '–', waiting: '·' }[state];
  const took = startedAt && endedAt ? span(Date.parse(endedAt) - Date.parse(startedAt)) : '';
  const found = lines.join('; ');
  const cut = found.length > LONGEST ? `${found.slice(0, LONGEST - 1)}…` : found;
  return `${mark} ${stage.padEnd(9)}${took.padStart(11)}  ${cut}`.trimEnd();
}

function running({
  cycle,
  progress,
  rollout,
  activities,
}: CycleLook & { cycle: number }): Required<Parameters<Watch['show']>[0]> {
  const done = progress.stages.filter(({ state }) => state === 'done').length;
  const bar = '▰'.repeat(done) + '▱'.repeat(progress.stages.length - done);
  const stage = progress.stages.find((one) => one.stage === progress.stage);
  const approval =
    progress.approval && !progress.outcome ? ` · waits for approval until ${progress.approval.until}` : '';
  const detail = [...(rollout ? [rollout.step] : []), ...activityTexts(activities)].join('; ');
  const since = Date.parse(stage?.startedAt ?? progress.startedAt);
  return { what: `${bar} cycle ${cycle}: ${progress.stage}${approval}`, detail, since };
}

/** What goes on below a stage: rounds, trials, rows; each text once. */
export const activityTexts = (activities: readonly PendingActivity[]): string[] => [
  ...new Set(
    activities.map(({ activity, attempt, text }) => text || (attempt > 1 ? `${activity}, try ${attempt}` : activity)),
  ),
];

function waiting({ cycle, status }: Extract<CycleNews, { kind: 'waiting' }>): { what: string; detail: string } {
  const before = status.current ? `cycle ${status.current.cycle} runs before it` : 'it starts next';
  return { what: `cycle ${cycle} waits`, detail: status.rollback ? 'a rollback runs before it' : before };
}
