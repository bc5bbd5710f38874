/** What a plan costs: a cycle at most, and its endpoint a month. Pure; a price that nobody knows is named. */
import { candidatesOf, trialsOf } from '../plan/meaning.ts';
import type { Plan } from '../plan/schema.ts';
import { transformInstance } from './instances.ts';
import { usdPerHour } from './prices.ts';

/** A cycle scores at most twice: the challenger and the champion. */
export const TRANSFORMS = 2;
/** As AWS reckons a month. */
const HOURS_A_MONTH = 730;

export interface CycleCeiling {
  /** Every job running as long as it may; absent when a price is not known. */
  readonly usd?: number;
  readonly jobs: number;
  readonly hours: number;
  readonly training: { readonly type: string; readonly usdPerHour?: number };
  readonly scoring: { readonly type: string; readonly usdPerHour?: number };
}

export function cycleCeiling(plan: Pick<Plan, 'train' | 'deploy' | 'problem'>): CycleCeiling {
  const { train, deploy } = plan;
  const priced = (instance: { type: string; usdPerHour?: number }) => ({
    type: instance.type,
    usdPerHour: usdPerHour(instance),
  });
  const training = priced(train.instance);
  const scoring = priced(transformInstance(train.instance, deploy.instance));
  const hours = train.instance.maxRuntime / 3_600_000;
  const jobs = candidatesOf(plan as Plan).reduce((sum, candidate) => sum + trialsOf(candidate), 0);
  const [each, scored] = [training.usdPerHour, scoring.usdPerHour];
  if (each === undefined || scored === undefined) return { jobs, hours, training, scoring };
  return { usd: cents(each * hours * jobs + scored * hours * TRANSFORMS), jobs, hours, training, scoring };
}

/** US dollars a month of the instances that serve: the fewest, and the most that scaling may make of them. */
export function endpointMonth({ deploy }: Pick<Plan, 'deploy'>): { least?: number; most?: number } {
  const perHour = usdPerHour(deploy.instance);
  if (perHour === undefined) return {};
  const month = (count: number) => cents(perHour * count * HOURS_A_MONTH);
  const { count } = deploy.instance;
  return { least: month(count), most: month(Math.max(count, deploy.scaling?.max ?? count)) };
}

export const cents = (usd: number): number => Math.round(usd * 100) / 100;
