/** `perennial backtest`: had it been retrained on this calendar, how good would each version have been? */
import type { AgeMean, BacktestResult } from '../../activities/backtest-types.ts';
import { UserError } from '../../errors.ts';
import type { Operator } from '../../operations/types.ts';
import { loadPlan } from '../../plan/load.ts';
import { span } from '../../plan/span.ts';
import { usd } from '../../plan/usd.ts';
import type { BacktestProgress, OriginProgress } from '../../workflows/backtest-board.ts';
import { duration, instant, wholeNumber } from '../arguments.ts';
import { type Context, command, type Outcome } from '../command.ts';
import { columns, moment } from '../format.ts';
import { BY, modelName, person, withOperator } from '../model.ts';

type Operations = typeof import('../../operations/index.ts');
type Watch = Pick<Context, 'signal' | 'show' | 'note'>;

const HORIZON = 4;
const EVERY = 'give a number and a unit, as 7d or "12 hours"';

export const backtest = command({
  description:
    'Replay history: a version as of every instant of the calendar, scored on what came after; deploys nothing',
  examples: {
    'backtest plans/flight-delays --from 2001-03-01 --to 2001-06-01 --every "14 days"':
      'a plan that is not applied yet, retrained every two weeks of the past',
    'backtest flight-delays --cancel': 'stop the one that runs',
  },
  args: {
    model: {
      type: 'positional',
      required: true,
      description: 'The name of a model, whose plan in force is taken, or the folder of a plan',
    },
    from: { type: 'string', valueHint: 'instant', description: 'The first instant to train as of' },
    to: { type: 'string', valueHint: 'instant', description: 'Where the rows end that versions are scored on' },
    every: {
      type: 'string',
      valueHint: 'duration',
      description: "Between instants; the plan's calendar when left out",
    },
    horizon: { type: 'string', valueHint: 'n', description: `Windows that each version is scored on; ${HORIZON}` },
    candidate: { type: 'string', valueHint: 'name', description: 'Train this one alone; all when left out' },
    budget: { type: 'string', valueHint: 'usd', description: 'Refuse to begin when it may cost more' },
    cancel: { type: 'boolean', description: 'Stop the backtest of the model that runs, and start none' },
    by: BY,
  },
  async run({ args, ...watch }) {
    if (args.cancel) {
      const model = await modelName(args.model);
      const stopped = await withOperator((operator, operations) => operations.cancelBacktest(operator, model));
      return { json: { model, stopped }, text: `${stopped.join(', ')}: asked to stop.` };
    }
    const wanted = {
      from: instant(needed(args.from, '--from'), '--from'),
      to: instant(needed(args.to, '--to'), '--to'),
      every: args.every === undefined ? undefined : duration(args.every, '--every', EVERY, 1_000),
      horizon: args.horizon === undefined ? HORIZON : wholeNumber(args.horizon, '--horizon'),
      candidate: args.candidate,
      budgetUsd: args.budget === undefined ? undefined : money(args.budget),
      by: person(args.by),
    };
    return withOperator(async (operator, operations) => {
      const frozen = await planOf(operator, operations, args.model);
      const { workflowId, joined } = await operations.startBacktest(operator, { ...wanted, frozen });
      if (joined) watch.note(`this backtest was begun before: joining ${workflowId}`);
      return ended(await followBacktest(operator, operations, workflowId, watch));
    });
  },
});

const planOf = async (operator: Operator, operations: Operations, word: string) =>
  /^[a-z][a-z0-9-]{0,29}$/.test(word) ? operations.planInForce(operator, word) : loadPlan(word);

/** Throws `UserError` when a person ends the waiting: the backtest goes on. */
async function followBacktest(
  operator: Operator,
  operations: Operations,
  workflowId: string,
  watch: Watch,
): Promise<BacktestResult> {
  const told = new Set<string>();
  try {
    for await (const news of operations.waitForBacktest(operator, { workflowId, signal: watch.signal })) {
      tell(news.progress, told, watch);
      if (news.kind === 'ended') return news.result;
      watch.show(running(news.progress));
    }
  } catch (error) {
    if (!watch.signal.aborted) throw error;
    throw new UserError(
      `the backtest goes on without you (${workflowId})`,
      'the same command again follows it, and --cancel stops it',
    );
  }
  throw new Error(`${workflowId} has no end`);
}

function tell({ lines, origins, problems }: BacktestProgress, told: Set<string>, { note }: Watch): void {
  const over = origins.filter(({ state }) => state === 'done' || state === 'failed');
  for (const line of [...lines, ...over.map(originLine), ...problems.map((one) => `problem: ${one}`)]) {
    if (told.has(line)) continue;
    told.add(line);
    note(line);
  }
}

function originLine({ asOf, state, startedAt, endedAt, lines }: OriginProgress): string {
  const took = startedAt && endedAt ? span(Date.parse(endedAt) - Date.parse(startedAt)) : '';
  return `${state === 'done' ? '✓' : '✗'} ${moment(asOf)}${took.padStart(11)}  ${lines.join('; ')}`;
}

function running({ origins, startedAt }: BacktestProgress): Required<Parameters<Watch['show']>[0]> {
  const over = origins.filter(({ state }) => state === 'done' || state === 'failed').length;
  const now = origins.filter(({ state }) => state === 'running').map(({ asOf }) => moment(asOf));
  return {
    what: `backtest: ${over} of ${origins.length} versions`,
    detail: now.length > 0 ? `now ${now.join(' and ')}` : 'reading and measuring',
    since: Date.parse(startedAt),
  };
}

function ended(result: BacktestResult): Outcome {
  const { metric, curve, verdict, report, origins, failed, costUsd } = result;
  const lost = Object.keys(failed).length;
  const rows = curve.map((one) => [String(one.age), value(one.metric), worse(one), String(one.windows)]);
  const text = [
    `${origins} versions${lost > 0 ? `, ${lost} failed` : ''}, ${usd(costUsd)}: ${verdict}.`,
    columns([['AGE', metric.toUpperCase(), 'WORSE THAN FRESHLY TRAINED', 'WINDOWS'], ...rows]),
    `  report: ${report.uri}`,
  ];
  return { json: result, text: text.join('\n') };
}

const value = (found: AgeMean['metric']): string => (found ? fixed(found.value) : '');

/** What rounds to nothing has no sign. */
const fixed = (x: number): string => x.toFixed(4).replace(/^-(?=0\.0000$)/, '');

function worse({ worse: found }: AgeMean): string {
  if (!found) return '';
  return `${fixed(found.value)} (${fixed(found.low)} to ${fixed(found.high)})`;
}

function needed(word: string | undefined, flag: string): string {
  if (word !== undefined) return word;
  throw new UserError(`${flag} is missing`, 'give an instant such as 2001-03-01T00:00:00Z, or a date');
}

function money(text: string): number {
  const usd = Number(text);
  if (usd > 0) return usd;
  throw new UserError(`--budget is "${text}"`, 'give US dollars, as 20');
}
