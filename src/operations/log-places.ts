/** Where in CloudWatch Logs the lines of a cycle are, and of what served in its time. Pure. */
import { apiName, endpointName, jobPrefixes, variantName } from '../names.ts';
import type { CycleEvent } from './history.ts';

export const LOG_STAGES = ['train', 'evaluate', 'serve'] as const;
export type LogStage = (typeof LOG_STAGES)[number];

export interface Place {
  readonly stage: LogStage;
  readonly group: string;
  readonly prefix: string;
  /** Not of this cycle alone: only lines of its time count. */
  readonly shared: boolean;
}

/** `only` is the stage that is asked for: of what serves alone, also what came after the cycle. */
export function placesOf(
  model: string,
  { cycle, version, startedAt, at, outcome }: CycleEvent,
  only?: LogStage,
): Place[] {
  const jobs = jobPrefixes(model, cycle).flatMap((prefix): Place[] => [
    { stage: 'train', group: '/aws/sagemaker/TrainingJobs', prefix, shared: false },
    { stage: 'evaluate', group: '/aws/sagemaker/TransformJobs', prefix, shared: false },
  ]);
  const variant = version === undefined ? '' : `${variantName(version)}/`;
  const end = outcome === 'running' || only === 'serve' ? Date.now() : Date.parse(at);
  // Streams of a function are called by their day, and there may be very many.
  const days = daysBetween(Date.parse(startedAt), end).map(
    (prefix): Place => ({ stage: 'serve', group: `/aws/lambda/${apiName(model)}`, prefix, shared: true }),
  );
  return [
    ...jobs,
    { stage: 'serve', group: `/aws/sagemaker/Endpoints/${endpointName(model)}`, prefix: variant, shared: true },
    ...days,
  ];
}

const DAY_MS = 86_400_000;
const MOST_DAYS = 3;

/** `2026/01/31/`, the last three. */
function daysBetween(from: number, to: number): string[] {
  const first = Math.max(from, to - (MOST_DAYS - 1) * DAY_MS);
  const days: string[] = [];
  for (let day = Math.floor(first / DAY_MS); day <= Math.floor(to / DAY_MS); day++)
    days.push(`${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '/')}/`);
  return days;
}
