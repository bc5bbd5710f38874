/** Whether a new version serves well: the predictions it was approved for, and its errors and latency under traffic. */
import { ApplicationFailure } from '@temporalio/common';
import { invoke } from '../aws/invoke.ts';
import { readServiceMetrics, type ServiceMetrics } from '../aws/service-metrics.ts';
import { permanent } from '../failures.ts';
import { variantName } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { compare, readSmoke } from './smoke.ts';
import type { CanaryVerdict } from './types.ts';

export const canaryActivities = ({ aws, store }: Deps): Pick<Activities, 'smokeTest' | 'judgeCanary'> => ({
  async smokeTest({ endpoint, version }) {
    const variant = variantName(version.version);
    const who = `${endpoint}/${variant}`;
    const smoke = readSmoke(await store.getText(version.evaluation), version.evaluation.uri);
    const answer = await asRolloutFailure(who, () =>
      invoke(aws.runtime, { endpoint, variant }, JSON.stringify({ instances: smoke.instances })),
    );
    return { predictions: compare(who, smoke.predictions, answer) };
  },

  async judgeCanary({ frozen: { plan }, endpoint, variant, since }) {
    const metrics = await readServiceMetrics(aws.cloudWatch, { endpoint, variant }, new Date(since), new Date());
    return verdict(plan.deploy.rollout, variant, metrics);
  },
});

/** Holds what CloudWatch saw against the plan. Nobody asking is nothing against a version: its smoke test passed. */
export function verdict(
  { maxErrorRate, maxLatencyP99 }: Plan['deploy']['rollout'],
  variant: string,
  metrics: ServiceMetrics,
): CanaryVerdict {
  const { errors, refused, modelLatencyP99, overheadLatencyP99 = 0 } = metrics;
  // Both counts come separately: errors may be seen before the requests that they are of.
  const requests = Math.max(metrics.requests, errors);
  const errorRate = requests > 0 ? errors / requests : 0;
  if (requests === 0)
    return { healthy: true, requests, errorRate, reason: `${variant}: nobody asked it, nothing speaks against it` };
  // The sum of two 99th percentiles stands for the whole's: mostly a little above it, so on the careful side.
  const latencyP99 = modelLatencyP99 === undefined ? undefined : modelLatencyP99 + overheadLatencyP99;
  const saw = `${requests} requests, ${errors} server errors (${percent(errorRate)}), ${refused} refused, p99 ${latencyP99 === undefined ? 'unknown' : `${latencyP99.toFixed(1)} ms`}`;
  const wrong = [
    errorRate > maxErrorRate && `its error rate is ${percent(errorRate)}, at most ${percent(maxErrorRate)} is allowed`,
    latencyP99 !== undefined &&
      latencyP99 > maxLatencyP99 &&
      `its p99 latency is ${latencyP99.toFixed(1)} ms, at most ${maxLatencyP99} ms is allowed`,
  ].filter((one) => one !== false);
  return {
    healthy: wrong.length === 0,
    requests,
    errorRate,
    ...(latencyP99 === undefined ? {} : { latencyP99 }),
    reason: `${variant}: ${wrong.length > 0 ? `${wrong.join(', and ')} (${saw})` : saw}`,
  };
}

const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;

/** A model that refuses or breaks is a failed rollout; an endpoint that is out of reach is waited for. */
async function asRolloutFailure<T>(who: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'InvalidRequest')
      throw permanent('RolloutFailed', `${who} does not answer its smoke test: ${error.message}`);
    throw error;
  }
}
