/** `perennial diff`: what `apply` would change, what follows, and what it costs. */
import type { Diff } from '../../operations/diff.ts';
import { loadPlan } from '../../plan/load.ts';
import { usd } from '../../plan/usd.ts';
import { command } from '../command.ts';
import { columns } from '../format.ts';
import { withOperator } from '../model.ts';
import { changeLines, fileLines } from '../plan-text.ts';

const DIFFERS = 4;

export const diff = command({
  description: 'Show what `apply` would change against the plan in force, what follows, and what it costs',
  examples: {
    'diff plans/flight-delays': 'what apply would change, and what it costs',
    'diff plans/flight-delays --exit-code': '4 when there is a difference',
  },
  args: {
    plan: { type: 'positional', required: true, description: 'The folder that holds plan.yaml' },
    'exit-code': { type: 'boolean', description: 'Exit with 4 when there is a difference, for scripts' },
  },
  async run({ args }) {
    const frozen = await loadPlan(args.plan);
    const operations = await import('../../operations/diff.ts');
    const found = await withOperator((operator) => operations.diff(operator, { frozen }));
    return { json: found, text: diffText(found), exitCode: args['exit-code'] && found.differs ? DIFFERS : 0 };
  },
});

/** Pure. */
export function diffText(found: Diff): string {
  const { model, isNew, differs, from = '', to, changes, files, stages, follows, running } = found;
  if (isNew) return [`${model} would be made, by plan ${to.slice(0, 12)}.`, costText(found)].join('\n');
  if (!differs) return `${model}: plan ${to.slice(0, 12)} is in force; there is no difference.`;
  return [
    `${model}: plan ${from.slice(0, 12)} would become ${to.slice(0, 12)}.`,
    ...changeLines(changes),
    ...fileLines(files),
    ...(follows.length > 0 ? ['What follows:', columns(follows.map(({ when, what }) => [when, what]))] : []),
    ...(stages.length > 0 ? [`The next cycle does otherwise in: ${stages.join(', ')}.`] : []),
    ...(running === undefined ? [] : [`Cycle ${running} runs, and goes on by the plan that it began with.`]),
    costText(found),
  ].join('\n');
}

function costText({ cost, isNew }: Diff): string {
  const { cycleAtMost, endpointMonth, endpointMonthAtMost, lastCycle, prices } = cost;
  const scales = endpointMonthAtMost.new !== endpointMonth.new || endpointMonthAtMost.old !== endpointMonth.old;
  const rows = [
    ['a cycle, at most', from(cycleAtMost, isNew)],
    ...(lastCycle === undefined ? [] : [['the last cycle', amount(lastCycle)]]),
    ['the endpoint, a month', from(endpointMonth, isNew)],
    ...(scales ? [['scaled out, at most', from(endpointMonthAtMost, isNew)]] : []),
  ];
  return `What it costs (${prices}, unless the plan says):\n${columns(rows)}`;
}

function from({ old, new: now }: Diff['cost']['cycleAtMost'], isNew: boolean): string {
  return isNew || old === now ? amount(now) : `${amount(old)} → ${amount(now)}`;
}

const amount = (value: number | undefined): string =>
  value === undefined ? 'not known: write usdPerHour beside the type' : usd(value);
