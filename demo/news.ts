/** One line about what a cycle does now. */
import type { CycleNews } from '../src/operations/index.ts';

export function newsLine(news: CycleNews): string {
  if (news.kind === 'ended') return news.outcome.outcome;
  if (news.kind === 'waiting') return `cycle ${news.cycle} is about to start`;
  const doing = [...new Set(news.activities.map(({ activity, text }) => (text ? `${activity}: ${text}` : activity)))];
  const step = news.rollout ? `${news.rollout.step} (${weights(news.rollout.weights)})` : '';
  return [news.progress.stage, step, ...doing].filter(Boolean).join(' · ');
}

const weights = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares)
    .map(([variant, share]) => `${variant} ${share} %`)
    .join(', ');
