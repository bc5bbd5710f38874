/** What the demo claims, each line checked against what really happened. */
import type { Narrator } from './narrator.ts';
import type { Story } from './story.ts';

export interface Check {
  readonly claim: string;
  readonly held: boolean;
  readonly found: string;
}

const three = (value: number | undefined): string => (value === undefined ? 'none' : value.toFixed(3));

export function checkStory(story: Story): Check[] {
  const { monitored, before, after, may, duringRollout, afterRollout } = story;
  const first = story.first.outcome;
  const second = story.second.outcome;
  const report = monitored.report;
  const quality = report?.findings.filter(({ kind, severity }) => kind === 'quality' && severity === 'alarm') ?? [];
  const drift = report?.findings.filter(({ kind }) => kind === 'drift') ?? [];
  const worst = Object.entries(report?.drift ?? {}).sort(([, a], [, b]) => b - a)[0];
  const challenger = story.second.evaluation?.challenger;
  const champion = story.second.evaluation?.champion;
  return [
    {
      claim: 'the first cycle deployed version 1',
      held: first.outcome === 'deployed' && before.champion?.version === 1,
      found: `${first.outcome}, champion v${before.champion?.version}`,
    },
    {
      claim: 'every request of May was answered, by version 1',
      held: may.failed.length === 0 && may.versions.size === 1 && may.versions.has(1),
      found: `${may.requests} requests, ${may.failed.length} failed${may.failed[0] ? ` (${may.failed[0]})` : ''}`,
    },
    {
      claim: 'the monitor joined late outcomes to predictions',
      held: (report?.labelled ?? 0) === may.predicted.length && may.predicted.length > 0,
      found: `${report?.labelled} of ${may.predicted.length}`,
    },
    {
      claim: 'the features are quiet',
      held: drift.length === 0 && worst !== undefined,
      found: `largest drift ${three(worst?.[1])} (${worst?.[0]})`,
    },
    {
      claim: 'the calibration is off, and that is the finding',
      held: quality.some(({ subject }) => subject === 'calibration_error'),
      found: quality.map(({ message }) => message).join('; ') || 'no finding',
    },
    {
      claim: 'the finding started the second cycle',
      held: second.trigger === 'quality' && second.cycle === 2,
      found: `${second.trigger}: ${story.second.because}`,
    },
    {
      claim: 'the challenger is better on the same rows',
      held:
        better(challenger?.log_loss?.value, champion?.log_loss?.value) &&
        better(challenger?.calibration_error?.value, champion?.calibration_error?.value),
      found: `log-loss ${three(challenger?.log_loss?.value)} against ${three(champion?.log_loss?.value)}, calibration error ${three(challenger?.calibration_error?.value)} against ${three(champion?.calibration_error?.value)}, AUC ${three(challenger?.auc?.value)} against ${three(champion?.auc?.value)}`,
    },
    {
      claim: 'the canary ended at 100 %',
      held: second.outcome === 'deployed' && after.champion?.version === 2,
      found: `${second.outcome}, champion v${after.champion?.version}`,
    },
    {
      claim: 'both versions answered during the canary, and no request failed',
      held: duringRollout.failed.length === 0 && duringRollout.versions.has(1) && duringRollout.versions.has(2),
      found: `${duringRollout.requests} requests: ${versions(duringRollout.versions)}, ${duringRollout.failed.length} failed${duringRollout.failed[0] ? ` (${duringRollout.failed[0]})` : ''}`,
    },
    {
      claim: 'after it, version 2 answers all',
      held: afterRollout.failed.length === 0 && afterRollout.versions.size === 1 && afterRollout.versions.has(2),
      found: versions(afterRollout.versions),
    },
    {
      claim: 'every decision is in the ledger',
      held: after.ledger.entries > 0 && after.ledger.pending === 0,
      found: `${after.ledger.entries} entries, head ${after.ledger.hash.slice(0, 12)}`,
    },
  ];
}

const better = (challenger?: number, champion?: number): boolean =>
  challenger !== undefined && champion !== undefined && challenger < champion;

const versions = (found: ReadonlyMap<number, number>): string =>
  [...found]
    .sort(([a], [b]) => a - b)
    .map(([version, requests]) => `v${version} ${requests}`)
    .join(', ');

export function printMeasured(say: Narrator, story: Story, checks: readonly Check[]): void {
  say.title('Measured');
  for (const { claim, held, found } of checks) say.line(`${held ? '✔' : '✘'} ${claim}: ${found}`);
  say.line(`${checks.filter(({ held }) => held).length} of ${checks.length} hold, ${story.seconds.toFixed(0)} s`);
}
