/** A challenger by what CloudWatch saw of it: errors, latency, alarms. */
import { alarmsRaised } from '../aws/alarm-states.ts';
import { alarmPrefix } from '../aws/alarms.ts';
import { readServiceMetrics, type ServiceMetrics } from '../aws/service-metrics.ts';
import { chanceOfMore } from '../data/tails.ts';
import type { Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { CanaryLook, CanaryVerdict } from './types.ts';

/** In the midst of a step, more errors than allowed must be no chance, and a 99th percentile be one of enough requests. */
const CHANCE = 0.01;
const ENOUGH_FOR_P99 = 100;

/** What one kind of evidence says: in words, and what is wrong with the challenger. */
export interface Said {
  readonly said: string;
  readonly wrong: readonly string[];
}

type Rollout = Plan['deploy']['rollout'];
type Service = Said & Pick<CanaryVerdict, 'requests' | 'errorRate' | 'latencyP99' | 'alarms'>;

export async function judgeService(
  { cloudWatch }: Pick<Deps['aws'], 'cloudWatch'>,
  { frozen: { plan }, endpoint, since, began, by }: CanaryLook,
  variant: string,
): Promise<Service> {
  const { model, deploy } = plan;
  const metrics = await readServiceMetrics(cloudWatch, { endpoint, variant }, new Date(since), new Date());
  const own = ['errors', 'latency'].map((name) => `${alarmPrefix(model)}${name}`);
  const alarms = await alarmsRaised(cloudWatch, [...own, ...deploy.rollout.alarms], new Date(began));
  const served = by === 'all' ? byMetrics(deploy.rollout, metrics) : early(deploy.rollout, metrics);
  const raised = alarms.map((name) => `the alarm ${name} went off`);
  return { ...served, wrong: [...served.wrong, ...raised], ...(alarms.length > 0 && { alarms }) };
}

/** Holds what CloudWatch saw against the plan. Nobody asking is nothing against a version: its smoke test passed. */
export function byMetrics({ maxErrorRate, maxLatencyP99 }: Rollout, metrics: ServiceMetrics): Service {
  const { errors, refused, modelLatencyP99, overheadLatencyP99 = 0 } = metrics;
  // Both counts come separately: errors may be seen before the requests that they are of.
  const requests = Math.max(metrics.requests, errors);
  const errorRate = requests > 0 ? errors / requests : 0;
  if (requests === 0) return { requests, errorRate, wrong: [], said: 'nobody asked it, nothing speaks against it' };
  // The sum of two 99th percentiles stands for the whole's: mostly a little above it, so on the careful side.
  const latencyP99 = modelLatencyP99 === undefined ? undefined : modelLatencyP99 + overheadLatencyP99;
  const wrong = [
    errorRate > maxErrorRate && `its error rate is ${percent(errorRate)}, at most ${percent(maxErrorRate)} is allowed`,
    latencyP99 !== undefined &&
      latencyP99 > maxLatencyP99 &&
      `its p99 latency is ${latencyP99.toFixed(1)} ms, at most ${maxLatencyP99} ms is allowed`,
  ].filter((one) => one !== false);
  return {
    ...{ requests, errorRate, wrong },
    ...(latencyP99 !== undefined && { latencyP99 }),
    said: `${requests} requests, ${errors} server errors (${percent(errorRate)}), ${refused} refused, p99 ${latencyP99 === undefined ? 'unknown' : `${latencyP99.toFixed(1)} ms`}`,
  };
}

/** The same in the midst of a step: only what is sure already. */
export function early(rollout: Rollout, metrics: ServiceMetrics): Service {
  const found = byMetrics(rollout, metrics);
  const errors = chanceOfMore(metrics.errors, found.requests, rollout.maxErrorRate) < CHANCE;
  const latency = found.requests >= ENOUGH_FOR_P99;
  const held = {
    maxErrorRate: errors ? rollout.maxErrorRate : 1,
    maxLatencyP99: latency ? rollout.maxLatencyP99 : Infinity,
  };
  return byMetrics({ ...rollout, ...held }, metrics);
}

export const percent = (share: number): string => `${Math.round(share * 10_000) / 100} %`;
