/** Which instance types SageMaker offers for which work, as the service's own model says. */
import { ProductionVariantInstanceType, TrainingInstanceType, TransformInstanceType } from '@aws-sdk/client-sagemaker';

const OFFERED = {
  training: new Set<string>(Object.values(TrainingInstanceType)),
  'batch transform': new Set<string>(Object.values(TransformInstanceType)),
  hosting: new Set<string>(Object.values(ProductionVariantInstanceType)),
} as const;
export type Work = keyof typeof OFFERED;

export const isOffered = (type: string, work: Work): boolean => OFFERED[work].has(type);

/** Types of the same size in other families: what somebody who wrote a type that is not offered may have meant. */
export const nearby = (type: string, work: Work): string[] => {
  const size = type.split('.').at(-1);
  const common = /^ml\.(m5|c5|m6i|r5)\./;
  return [...OFFERED[work]].filter((one) => common.test(one) && one.endsWith(`.${size}`)).slice(0, 3);
};

interface Instance {
  readonly type: string;
  readonly usdPerHour?: number;
}

/** What batch transform runs on: the training's type where it is offered for that, else the hosting's. */
export const transformInstance = (training: Instance, hosting: Instance): Instance => {
  const { type, usdPerHour } = isOffered(training.type, 'batch transform') ? training : hosting;
  return { type, ...(usdPerHour ? { usdPerHour } : {}) };
};

/** Types whose size does not tell their processors. */
const ODD_SIZES: Readonly<Record<string, number>> = { 'ml.c4.8xlarge': 36 };

/** vCPUs of an instance type, as AWS sizes them: large 2, xlarge 4, n·xlarge 4n, medium 1 (burstable ones 2). Unknown sizes: undefined. */
export function processorsOf(type: string): number | undefined {
  const [, family = '', size = ''] = type.split('.');
  const times = /^(\d*)xlarge$/.exec(size);
  if (times) return ODD_SIZES[type] ?? 4 * Number(times[1] || 1);
  if (size === 'large') return 2;
  return size === 'medium' ? (family.startsWith('t') ? 2 : 1) : undefined;
}
