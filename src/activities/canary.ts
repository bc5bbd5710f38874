/** Whether a new version serves well: the predictions it was approved for, and its errors and latency under traffic. */
import { ApplicationFailure } from '@temporalio/common';
import { invoke } from '../aws/invoke.ts';
import { readServiceMetrics, type ServiceMetrics } from '../aws/service-metrics.ts';
import { permanent } from '../failures.ts';
import { variantName } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import type { CanaryVerdict } from './types.ts';

/** The same artifact and image answer the same rows alike: what is left is the last digit of a decimal. */
const TOLERANCE = 1e-9;

export const canaryActivities = ({ aws, store }: Deps): Pick<Activities, 'smokeTest' | 'judgeCanary'> => ({
  async smokeTest({ endpoint, version }) {
    const variant = variantName(version.version);
    const who = `${endpoint}/${variant}`;
    const smoke = readSmoke(await store.getText(version.evaluation), version.evaluation.uri);
    const answer = await asRolloutFailure(who, () =>
      invoke(aws.runtime, { endpoint, variant }, JSON.stringify({ instances: smoke.instances })),
    );
    const predictions = compare(who, smoke.probabilities, answer);
    return { predictions };
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

interface Smoke {
  readonly instances: readonly unknown[];
  readonly probabilities: readonly number[];
}

function readSmoke(text: string, uri: string): Smoke {
  const smoke = (parse(text) as { smoke?: Partial<Smoke> } | undefined)?.smoke;
  const { instances, probabilities } = smoke ?? {};
  if (!Array.isArray(instances) || !Array.isArray(probabilities) || instances.length !== probabilities.length)
    throw permanent(
      'RolloutFailed',
      `${uri} has no "smoke" of as many instances as probabilities: evaluate the model again`,
    );
  if (instances.length === 0)
    throw permanent('RolloutFailed', `${uri}: its "smoke" is empty: evaluate the model again`);
  return { instances, probabilities };
}

/** The number of predictions compared. Throws `RolloutFailed` naming the worst difference. */
export function compare(who: string, due: readonly number[], answer: string): number {
  const predictions = (parse(answer) as { predictions?: unknown } | undefined)?.predictions;
  if (!Array.isArray(predictions) || predictions.length !== due.length)
    throw permanent(
      'RolloutFailed',
      `${who}: asked for ${due.length} predictions, it answered ${Array.isArray(predictions) ? predictions.length : `"${answer.slice(0, 200)}"`}`,
    );
  const got = predictions.map((one: { probability?: unknown } | null) => Number(one?.probability ?? Number.NaN));
  const differences = due.map((expected, at) => Math.abs(expected - (got[at] ?? Number.NaN)));
  const worst = differences.reduce((at, one, i) => (!(one <= (differences[at] ?? 0)) ? i : at), 0);
  if ((differences[worst] ?? Number.NaN) <= TOLERANCE) return due.length;
  throw permanent(
    'RolloutFailed',
    `${who} does not predict as its evaluation did: instance ${worst} was ${due[worst]}, now is ${got[worst]}, further apart than ${TOLERANCE}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

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
