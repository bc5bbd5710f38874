/** What cycles cost, and what the plan allows. */
import type { History } from '../operations/views.ts';
import type { Plan } from '../plan/schema.ts';
import { usd } from '../plan/usd.ts';
import { type Html, html } from '../report/html.ts';
import { section, table } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';

export function costPart({ events, next }: History, { usdThisMonth, cyclesThisMonth }: ModelStatus, plan?: Plan): Html {
  const costs = events.flatMap((one) => (one.kind === 'cycle' && one.costUsd !== undefined ? [one.costUsd] : []));
  const sum = costs.reduce((total, cost) => total + cost, 0);
  const perCycle = plan?.train.budget?.perCycleUsd;
  const perMonth = plan?.retrain.budget?.usdPerMonth;
  const cyclesPerMonth = plan?.retrain.budget?.cyclesPerMonth;
  const rows = [
    [
      'Dearest cycle',
      costs.length > 0 ? usd(Math.max(...costs)) : '–',
      perCycle === undefined ? 'none' : usd(perCycle),
    ],
    ['This month', usd(usdThisMonth), perMonth === undefined ? 'none' : usd(perMonth)],
    ['Cycles this month', cyclesThisMonth, cyclesPerMonth ?? 'none'],
    [`${next === undefined ? 'All' : 'The last'} ${costs.length} cycles that cost something`, usd(sum), '–'],
  ];
  return section(
    'Cost',
    table(
      'Of jobs, as their time on their instances costs by the list price',
      ['What', 'Spent', 'Budget of the plan'],
      rows,
    ),
    html`<p class="note">What an endpoint costs while it serves is not in it.</p>`,
  );
}
