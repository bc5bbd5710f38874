/** Watching a cycle: every line that its stages tell, once, and what goes on between them. */
import { type CycleNews, type Operator, waitForCycle } from '../src/operations/index.ts';
import type { CycleOutcome, EvaluationSummary, Stage } from '../src/workflows/messages.ts';
import type { Narrator } from './narrator.ts';

/** How a cycle ended, why it was started, and what its evaluation found. */
export interface Watched {
  readonly outcome: CycleOutcome;
  readonly because?: string;
  readonly evaluation?: EvaluationSummary;
}

export interface WatchInput {
  readonly model: string;
  readonly cycle: number;
  readonly say: Narrator;
  readonly signal: AbortSignal;
  readonly onStage?: (stage: Stage) => unknown;
}

export async function watchCycle(operator: Operator, input: WatchInput): Promise<Watched> {
  const { model, cycle, say, signal, onStage } = input;
  const told = new Set<string>();
  let evaluation: EvaluationSummary | undefined;
  let because: string | undefined;
  for await (const news of waitForCycle(operator, { model, cycle, every: 500, signal })) {
    if (news.kind === 'ended') {
      say.line(`cycle ${cycle}: ${news.outcome.outcome}: ${news.outcome.reason}`);
      return { outcome: news.outcome, because, evaluation };
    }
    if (news.kind === 'running') {
      evaluation = news.progress.evaluation ?? evaluation;
      because = news.progress.reason;
      onStage?.(news.progress.stage);
      const lines = [
        ...news.progress.stages.flatMap(({ stage, lines }) => lines.map((line) => `${stage}: ${line}`)),
        ...(news.rollout?.lines ?? []).map((line) => `rollout: ${line}`),
      ];
      for (const line of lines.filter((line) => !told.has(line))) say.line(line);
      for (const line of lines) told.add(line);
    }
    say.live(newsLine(news));
  }
  throw new Error(`cycle ${cycle} told nothing`);
}

/** One line about what a cycle does now. */
function newsLine(news: CycleNews): string {
  if (news.kind === 'ended') return news.outcome.outcome;
  if (news.kind === 'waiting') return `cycle ${news.cycle} is about to start`;
  const doing = [...new Set(news.activities.map(({ activity, text }) => text || activity))];
  const step = news.rollout ? `${news.rollout.step} (${weights(news.rollout.weights)})` : '';
  return [news.progress.stage, step, ...doing].filter(Boolean).join(' · ');
}

const weights = (shares: Readonly<Record<string, number>>): string =>
  Object.entries(shares)
    .map(([variant, share]) => `${variant} ${share} %`)
    .join(', ');
