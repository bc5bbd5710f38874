/** What a model has left behind that tells how well it is looked after. */
import type { LedgerEntry } from '../../activities/types.ts';
import type { BacktestDetails } from '../../data/backtest.ts';
import type { EvaluationDetails } from '../../data/evaluation.ts';
import type { MonitorDetails } from '../../data/monitoring.ts';
import { UserError } from '../../errors.ts';
import { keys } from '../../names.ts';
import type { Plan } from '../../plan/schema.ts';
import { type Archive, jsonAt, ledgerOf, planReader, reading } from '../archive.ts';
import { type Served, servedAt } from '../audit-served.ts';
import { evaluationOf } from '../evaluations.ts';
import { eventsOf, type HistoryEvent } from '../history.ts';
import { passDetails, passIds } from '../passes.ts';

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
}

/** The entry by which the champion's plan came into force. */
export const planEntry = ({ ledger, champion }: Evidence): LedgerEntry | undefined =>
  ledger.findLast(
    ({ event, facts, seq }) =>
      event === 'plan applied' && facts.planHash === champion?.planHash && seq < (champion?.put.seq ?? 0),
  );

/** So many of the newest passes, and of the backtests, are looked through. */
const LOOKED_THROUGH = 10;

export async function evidenceOf(archive: Archive, model: string): Promise<Evidence> {
  const ledger = await ledgerOf(archive, model);
  const planOf = planReader(archive, model);
  const planHash = String(ledger.findLast(({ event }) => event === 'plan applied')?.facts.planHash);
  const champion = servedAt(ledger, ledger.at(-1)?.at ?? '');
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
  return { plan: frozen.plan, planHash, ledger, events, champion, made: made?.plan, evaluation, pass, backtest };
}

async function passOf(archive: Archive, model: string, version: number): Promise<MonitorDetails | undefined> {
  for (const id of newest(await passIds(archive, model))) {
    const found = await passDetails(archive, model, id);
    if (found?.version === version) return found;
  }
  return undefined;
}

/** The one that looked back from the latest instant. */
async function backtestOf(archive: Archive, model: string): Promise<BacktestDetails | undefined> {
  const { store } = archive;
  const names = (await reading(() => store.folders(`${keys.model(model)}/backtest/`))).sort();
  const all = await Promise.all(
    newest(names).map((name) =>
      jsonAt<BacktestDetails>(archive, store.uri(keys.backtest(model, name, 'backtest.json'))),
    ),
  );
  const last = ({ instants }: BacktestDetails) => instants.at(-1) ?? '';
  return all.flatMap((one) => one ?? []).sort((a, b) => last(b).localeCompare(last(a)))[0];
}

/** Of names in order, the last ones, last first. */
const newest = (names: readonly string[]): string[] => names.slice(-LOOKED_THROUGH).reverse();
