/** History replayed: a version as of every instant of a calendar, scored on the windows that came after it. Deploys nothing. */
import { ApplicationFailure, continueAsNew, isCancellation, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { BacktestResult, ScoredOrigin } from '../activities/backtest-types.ts';
import type { FrozenPlan, RunScope, Snapshot } from '../activities/types.ts';
import { originName, shortHash } from '../names.ts';
import { data, quick } from './act.ts';
import { BacktestBoard, type BacktestProgress } from './backtest-board.ts';
import { playOrigin } from './backtest-origin.ts';
import { now } from './board.ts';
import { together } from './together.ts';
import { why } from './why.ts';

export interface BacktestInput {
  readonly model: string;
  readonly frozen: FrozenPlan;
  readonly by: string;
  /** What the instants are, for people. */
  readonly calendar: string;
  /** In order: a version is trained as of every one but the last, and the windows lie between them. */
  readonly instants: readonly string[];
  /** So many windows are scored after each origin. */
  readonly horizon: number;
  /** Refused before anything is paid for when it may cost more. */
  readonly budgetUsd?: number;
  readonly carried?: Carried;
}

/** What a run that went on as new brings along. */
interface Carried {
  readonly progress: BacktestProgress;
  readonly later: readonly Snapshot[];
  readonly scored: readonly ScoredOrigin[];
}

/** So many origins at once. */
const AT_ONCE = 2;

/**
 * An origin that fails does not sink the others. Permanent `PlanRefused` when it may cost more than its budget, `JobFailed`
 * when no origin gave a version. Cancelled, it stops its jobs and removes its models.
 */
export async function backtest(input: BacktestInput): Promise<BacktestResult> {
  const { carried } = input;
  const board = new BacktestBoard(carried?.progress ?? opening(input));
  const later = carried?.later ?? (await begin(input, board));
  const scored = [...(carried?.scored ?? [])];
  for (let next = waiting(board); next.length > 0; next = waiting(board)) {
    const done = await together(next.map((at) => () => attempt(input, { at, later, board })));
    scored.push(...done.filter((one) => one !== undefined));
    if (workflowInfo().continueAsNewSuggested && waiting(board).length > 0)
      return continueAsNew<typeof backtest>({ ...input, carried: { progress: board.progress, later, scored } });
  }
  return measure(input, scored, board);
}

function opening({ model, frozen, by, calendar, instants }: BacktestInput): BacktestProgress {
  return {
    ...{ model, by, calendar, planHash: frozen.hash, startedAt: now() },
    // Another run of the same backtest finds other names: a job that was stopped cannot be run again.
    backtest: shortHash(workflowInfo().firstExecutionRunId),
    lines: [],
    origins: instants.slice(0, -1).map((asOf) => ({ asOf, state: 'waiting', candidates: [], lines: [] })),
    problems: [],
  };
}

/** What it may cost, and the rows of all windows: collected once, so that every version meets the very same ones. */
async function begin({ model, frozen, instants, budgetUsd }: BacktestInput, board: BacktestBoard): Promise<Snapshot[]> {
  const asOf = instants.at(-1) as string;
  const scope: RunScope = { model, cycle: originName(board.progress.backtest, 0), asOf, frozen };
  const { ceilingUsd } = await quick('Look whether everything is in place').preflight(scope);
  const origins = instants.length - 1;
  if (ceilingUsd !== undefined)
    board.say(
      `costs at most ${(ceilingUsd * origins).toFixed(2)} USD: ${origins} versions of at most ${ceilingUsd.toFixed(2)} USD each`,
    );
  if (budgetUsd !== undefined) holdBudget(budgetUsd, origins, ceilingUsd);

  const { plan } = frozen;
  const { window, sources } = plan.collect;
  const span = Date.parse(asOf) - Date.parse(instants[0] as string);
  const wide = { ...frozen, plan: { ...plan, collect: { ...plan.collect, window: window && window + span } } };
  return together(
    Object.keys(sources).map((source) => async () => {
      const snapshot = await data(`Collect ${source}, until ${asOf}`).collectSource({ ...scope, frozen: wide, source });
      board.say(`${source}: ${snapshot.rows} rows until ${asOf}`);
      return snapshot;
    }),
  );
}

function holdBudget(budgetUsd: number, origins: number, ceilingUsd: number | undefined): void {
  if (ceilingUsd !== undefined && ceilingUsd * origins <= budgetUsd) return;
  const found =
    ceilingUsd === undefined
      ? "its cost has no ceiling, because a price is not known; write the instance's usdPerHour in the plan"
      : `${origins} versions of at most ${ceilingUsd.toFixed(2)} USD each may cost ${(ceilingUsd * origins).toFixed(2)} USD; take fewer instants or one candidate, or shorten train.instance.maxRuntime`;
  throw ApplicationFailure.nonRetryable(`the backtest's budget is ${budgetUsd} USD: ${found}`, 'PlanRefused');
}

const waiting = ({ progress }: BacktestBoard): number[] =>
  progress.origins.flatMap(({ state }, at) => (state === 'waiting' ? [at] : [])).slice(0, AT_ONCE);

interface Attempt {
  readonly at: number;
  readonly later: readonly Snapshot[];
  readonly board: BacktestBoard;
}

async function attempt(input: BacktestInput, { at, later, board }: Attempt): Promise<ScoredOrigin | undefined> {
  const { model, frozen, instants, horizon } = input;
  const scope: RunScope = {
    ...{ model, frozen, asOf: instants[at] as string },
    cycle: originName(board.progress.backtest, at + 1),
  };
  const ends = instants.slice(at + 1, at + 1 + horizon);
  const windows = ends.map((to, n) => ({ from: instants[at + n] as string, to }));
  board.begin(at);
  try {
    const scored = await playOrigin(scope, { at, windows, later }, board);
    board.end(at, 'done');
    return scored;
  } catch (error) {
    board.end(at, 'failed');
    // What is no failure of Temporal's is a bug.
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
    board.of(at).say(why(error).message);
    return undefined;
  }
}

async function measure(
  input: BacktestInput,
  scored: readonly ScoredOrigin[],
  board: BacktestBoard,
): Promise<BacktestResult> {
  const { model, frozen, calendar, instants, horizon } = input;
  const lost = board.progress.origins.filter(({ state }) => state === 'failed');
  const failed = Object.fromEntries(lost.map(({ asOf, lines }) => [asOf, lines.at(-1) ?? '']));
  if (scored.length === 0) {
    const reasons = [...new Set(Object.values(failed))].join('; ');
    throw ApplicationFailure.nonRetryable(`no instant gave a version: ${reasons}`, 'JobFailed');
  }
  const result = await data('Measure every version on every window').measureStaleness({
    ...{ model, frozen, calendar, instants, horizon, failed },
    backtest: board.progress.backtest,
    origins: [...scored].sort((a, b) => a.origin - b.origin),
  });
  board.change({ result });
  return result;
}
