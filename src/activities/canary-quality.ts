/** A challenger by what came true of its answers. */
import { bootstrap } from '../data/bootstrap.ts';
import { modelScores } from '../data/model-scores.ts';
import { qualityFindings } from '../data/monitoring.ts';
import { rivalry } from '../data/rivals.ts';
import { measurableRows } from '../data/scores.ts';
import { variantName } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import type { Answered } from './canary-seen.ts';
import type { Said } from './canary-service.ts';
import type { CanaryVerdict } from './types.ts';

/** The plan's objective must not be worse with 95 % confidence; who serves alone is held against `monitor.quality`. */
export async function judgeQuality(
  plan: Plan,
  { challenger, champion }: { challenger: Answered; champion?: Answered },
  breathe: () => Promise<void>,
): Promise<Said & Pick<CanaryVerdict, 'quality'>> {
  const { minLabels } = plan.deploy.rollout;
  const labels = Math.min(challenger.labels.length, champion?.labels.length ?? Number.POSITIVE_INFINITY);
  if (labels < minLabels) return { said: `not judged by outcomes: ${labels} of ${minLabels}`, wrong: [] };
  const { seed } = plan.train;
  const measure = plan.train.objective.metric;
  if (!champion) return alone(plan, challenger, breathe);
  const [ours, theirs] = [challenger, champion].map((one) => ({ labels: one.labels, scores: one.told }));
  if (!ours || !theirs) throw new RangeError('two versions are compared');
  const found = await rivalry(measure, ours, theirs, { seed, breathe });
  const said = `${measure} by ${challenger.labels.length} outcomes is ${shown(found.challenger)}, the champion's by ${champion.labels.length} is ${shown(found.champion)}`;
  return {
    said,
    wrong: found.worse ? [`it is worse than the champion, with 95 % confidence: ${said}`] : [],
    quality: { measure, labels, challenger: found.challenger, champion: found.champion },
  };
}

async function alone(
  { monitor, train: { seed, objective } }: Plan,
  { labels, told, version }: Answered,
  breathe: () => Promise<void>,
): Promise<Said & Pick<CanaryVerdict, 'quality'>> {
  const rows = measurableRows(labels, told);
  const [replicates] = await bootstrap([rows], { seed, breathe });
  if (!replicates) throw new RangeError('one version is measured');
  const measured = { measures: rows.measure(), replicates };
  const { metrics } = modelScores({ name: variantName(version.version), scores: told, rows, ...measured });
  const measure = objective.metric;
  return {
    said: `${measure} by ${labels.length} outcomes is ${shown(metrics[measure])}`,
    wrong: qualityFindings(monitor.quality, measured, metrics)
      .filter(({ severity }) => severity === 'alarm')
      .map(({ message }) => message),
    quality: { measure, labels: labels.length, challenger: metrics[measure] },
  };
}

const shown = (found: { readonly value: number } | undefined): string => found?.value.toFixed(4) ?? 'unknown';
