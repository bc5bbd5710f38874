/** `perennial history`: everything that became of a model. */
import type { History, HistoryEvent } from '../../operations/history.ts';
import { span } from '../../plan/span.ts';
import { usd } from '../../plan/usd.ts';
import { instant, wholeNumber } from '../arguments.ts';
import { command } from '../command.ts';
import { columns, figure, moment } from '../format.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';

const MOST = 50;

export const history = command({
  description: 'Tell what became of a model: every cycle, and the rollbacks, plans and endings between; newest first',
  examples: {
    'history flight-delays': 'the last fifty events',
    'history flight-delays --since 2001-05-01 --limit 10': 'of these weeks',
  },
  args: {
    model: MODEL_ARG,
    limit: { type: 'string', valueHint: 'n', description: `Events at most; ${MOST} when left out` },
    since: { type: 'string', valueHint: 'instant', description: 'None that is older' },
    before: { type: 'string', valueHint: 'entry', description: 'Only what came before this entry of the ledger' },
  },
  async run({ args }) {
    const model = await modelName(args.model);
    const asked = {
      model,
      limit: args.limit === undefined ? MOST : wholeNumber(args.limit, '--limit'),
      since: args.since === undefined ? undefined : instant(args.since, '--since'),
      before: args.before === undefined ? undefined : wholeNumber(args.before, '--before'),
    };
    const operations = await import('../../operations/history.ts');
    const told = await withArchive((archive) => operations.history(archive, asked));
    return { json: told, text: historyText(told) };
  },
});

/** A line an event. Pure. */
export function historyText({ model, events, next }: History): string {
  if (events.length === 0) return `nothing became of ${model} in that time`;
  const head = ['WHEN', 'WHAT', 'CAME TO', 'SERVES', 'METRIC', 'COST', 'TOOK', 'BY', 'WHY'];
  const more = next === undefined ? [] : [`Earlier: perennial history ${model} --before ${next}`];
  return [columns([head, ...events.map(row)], ''), ...more].join('\n');
}

function row(event: HistoryEvent): string[] {
  const { at, by, reason = '' } = event;
  if (event.kind === 'cycle') {
    const { cycle, outcome, version, costUsd, seconds, trigger } = event;
    const took = seconds === undefined ? '' : span(seconds * 1000);
    const cost = costUsd === undefined ? '' : usd(costUsd);
    const who = trigger === 'person' ? by : `${by} (${trigger})`;
    return [
      moment(at),
      `cycle ${cycle}`,
      outcome,
      version ? `v${version}` : '',
      metric(event),
      cost,
      took,
      who,
      reason,
    ];
  }
  const rest = ['', '', '', by, reason];
  if (event.kind === 'rollback')
    return [moment(at), `rollback from v${event.from}`, event.outcome, `v${event.to}`, ...rest];
  if (event.kind === 'plan') return [moment(at), `plan ${event.planHash.slice(0, 12)}`, 'in force', '', ...rest];
  return [moment(at), 'retired', 'nothing serves', '', ...rest];
}

/** The one that its plan trained for, else the first. */
function metric({ metrics = {}, objective }: HistoryEvent & { kind: 'cycle' }): string {
  const name = objective !== undefined && metrics[objective] ? objective : Object.keys(metrics)[0];
  const found = name === undefined ? undefined : metrics[name];
  return found ? `${name} ${figure(found.value)}` : '';
}
