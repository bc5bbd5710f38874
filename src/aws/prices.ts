/** What an hour of a SageMaker instance costs: on demand, in us-east-1, for training, batch transform and hosting alike. */

/**
 * US dollars an hour, on demand in us-east-1. Written down without AWS's own list at hand, so they serve a ceiling, not a
 * bill: compare them with https://aws.amazon.com/sagemaker/ai/pricing/. A plan's `usdPerHour` goes before this list.
 */
export const PRICES_SOURCE = 'us-east-1 prices of src/aws/prices.ts';
const USD_PER_HOUR: Readonly<Record<string, number>> = {
  'ml.t2.medium': 0.056,
  'ml.t2.large': 0.111,
  'ml.t2.xlarge': 0.223,
  'ml.t2.2xlarge': 0.445,
  'ml.t3.medium': 0.05,
  'ml.t3.large': 0.1,
  'ml.t3.xlarge': 0.2,
  'ml.t3.2xlarge': 0.399,
  'ml.m4.xlarge': 0.24,
  'ml.m4.2xlarge': 0.48,
  'ml.m4.4xlarge': 0.96,
  'ml.m4.10xlarge': 2.4,
  'ml.m4.16xlarge': 3.84,
  'ml.m5.large': 0.115,
  'ml.m5.xlarge': 0.23,
  'ml.m5.2xlarge': 0.461,
  'ml.m5.4xlarge': 0.922,
  'ml.m5.12xlarge': 2.765,
  'ml.m5.24xlarge': 5.53,
  'ml.m6i.large': 0.115,
  'ml.m6i.xlarge': 0.23,
  'ml.m6i.2xlarge': 0.461,
  'ml.m6i.4xlarge': 0.922,
  'ml.m6i.8xlarge': 1.843,
  'ml.m6i.12xlarge': 2.765,
  'ml.m6i.16xlarge': 3.686,
  'ml.c5.large': 0.102,
  'ml.c5.xlarge': 0.204,
  'ml.c5.2xlarge': 0.408,
  'ml.c5.4xlarge': 0.816,
  'ml.c5.9xlarge': 1.836,
  'ml.c5.18xlarge': 3.672,
  'ml.r5.large': 0.151,
  'ml.r5.xlarge': 0.302,
  'ml.r5.2xlarge': 0.605,
  'ml.r5.4xlarge': 1.21,
};

/** US dollars an hour of one instance; undefined when neither the plan nor the list knows it. */
export const usdPerHour = (instance: { type: string; usdPerHour?: number }): number | undefined =>
  instance.usdPerHour ?? (Object.hasOwn(USD_PER_HOUR, instance.type) ? USD_PER_HOUR[instance.type] : undefined);

export const knownTypes = (): string[] => Object.keys(USD_PER_HOUR);

/** Carries a plan's own price through the job's description to the look that computes the cost. */
export const PRICE_VARIABLE = 'PERENNIAL_USD_PER_HOUR';

/** What so many seconds of a job cost, by its own price or the one that is known; undefined when there is neither. */
export function jobCostUsd(
  on: { readonly InstanceType?: string; readonly InstanceCount?: number } | undefined,
  environment: Readonly<Record<string, string>> | undefined,
  seconds: number,
): number | undefined {
  const own = Number(environment?.[PRICE_VARIABLE]) || undefined;
  const perHour = usdPerHour({ type: on?.InstanceType ?? '', usdPerHour: own });
  return perHour === undefined ? undefined : costUsd(perHour, on?.InstanceCount ?? 1, seconds);
}

/** US dollars, to a hundredth of a cent. */
export const costUsd = (perHour: number, instances: number, seconds: number): number =>
  Math.round((perHour * instances * seconds * 10_000) / 3_600) / 10_000;
