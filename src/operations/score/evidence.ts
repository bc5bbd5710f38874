/** What a model has left behind that tells how well it is looked after. */
import type { LedgerEntry } from '../../activities/types.ts';
import type { BacktestDetails } from '../../data/backtest.ts';
import type { EvaluationDetails } from '../../data/evaluation.ts';
import type { MonitorDetails } from '../../data/monitoring.ts';
import { UserError } from '../../errors.ts';
import { keys } from '../../names.ts';
import type { Plan } from '../../plan/schema.ts';
import { type Archive, ledgerOf, planReader, reading } from '../archive.ts';
import { type Served, servedAt } from '../audit-served.ts';
import { evaluationOf } from '../evaluations.ts';
import { eventsOf, type HistoryEvent } from '../history.ts';

export interface Evidence {
  /** In force, and when and by whom it was applied. */
  readonly plan: Plan;
  readonly planHash: string;
  readonly ledger: readonly LedgerEntry[];
  /** Newest first. */
  readonly events: readonly HistoryEvent[];
  readonly champion?: Served;
  /** The plan that the champion was made by. */
  readonly made?: Plan;
  /** Of the champion. */
  readonly evaluation?: EvaluationDetails;
  /** The newest that looked at the champion. */
  readonly pass?: MonitorDetails;
  readonly backtest?: BacktestDetails;
  readonly now: string;
}

/** The entry by which the champion's plan came into force. */
export const planEntry = ({ ledger, champion }: Evidence): LedgerEntry | undefined =>
  ledger.findLast(
    ({ event, facts, seq }) =>
      event === 'plan applied' && facts.planHash === champion?.planHash && seq < (champion?.put.seq ?? 0),
  );

/** So many of the newest passes, and of the backtests, are looked through. */
const LOOKED_THROUGH = 10;

export async function evidenceOf(archive: Archive, model: string, now: string): Promise<Evidence> {
  const ledger = await ledgerOf(archive, model);
  const planOf = planReader(archive, model);
  const planHash = String(ledger.findLast(({ event }) => event === 'plan applied')?.facts.planHash);
  const champion = servedAt(ledger, ledger.at(-1)?.at ?? now);
  const [frozen, made, evaluation, pass, backtest] = await Promise.all([
    planOf(planHash),
    champion && planOf(champion.planHash),
    champion && evaluationOf(archive, champion.evaluation),
    champion && passOf(archive, model, champion.version),
    backtestOf(archive, model),
  ]);
  if (!frozen)
    throw new UserError(
      `the plan of ${model} is gone from the bucket`,
      'apply it: "perennial apply <folder>"',
      'missing',
    );
  const events = eventsOf(ledger);
  return { plan: frozen.plan, planHash, ledger, events, champion, made: made?.plan, evaluation, pass, backtest, now };
}

async function passOf(archive: Archive, model: string, version: number): Promise<MonitorDetails | undefined> {
  const passes = await newest(archive, `${keys.model(model)}/monitor/`);
  for (const id of passes) {
    const found = await json<MonitorDetails>(archive, keys.monitor(model, id, 'monitoring.json'));
    if (found?.version === version) return found;
  }
  return undefined;
}

/** The one that looked back from the latest instant. */
async function backtestOf(archive: Archive, model: string): Promise<BacktestDetails | undefined> {
  const names = await newest(archive, `${keys.model(model)}/backtest/`);
  const all = await Promise.all(
    names.map((name) => json<BacktestDetails>(archive, keys.backtest(model, name, 'backtest.json'))),
  );
  const last = ({ instants }: BacktestDetails) => instants.at(-1) ?? '';
  return all.flatMap((one) => one ?? []).sort((a, b) => last(b).localeCompare(last(a)))[0];
}

const newest = async ({ store }: Archive, folder: string): Promise<string[]> =>
  (await reading(() => store.folders(folder))).sort().reverse().slice(0, LOOKED_THROUGH);

/** undefined when there is none: what died in its midst has left a folder only. */
async function json<T>({ store }: Archive, key: string): Promise<T | undefined> {
  const there = await reading(() => store.content(store.uri(key), true));
  return there?.text === undefined ? undefined : (JSON.parse(there.text) as T);
}
