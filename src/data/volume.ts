/** Whether far fewer requests come than did: against the passes before, and against chance. */
import type { Finding } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { quantile } from './quantile.ts';
import { poissonBelow } from './tails.ts';

export interface Volume {
  /** Requests of the window, those that the model refused with them; by captures or CloudWatch, whichever saw more. */
  readonly requests: number;
  readonly seconds: number;
  /** Other versions have a part of the traffic: nothing follows from how much came to this one. */
  readonly shared: boolean;
  /** How many would have come at the median rate of the last passes; absent while there are too few passes, or it is shared. */
  readonly expected?: number;
}

/** So many passes must have been before their rate is one to compare with. */
const PASSES = 3;
/** So many passes are remembered. */
const REMEMBERED = 10;

export function volumeOf(
  requests: number,
  from: string,
  to: string,
  volumes: readonly number[],
  shared: boolean,
): Volume {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (shared || volumes.length < PASSES) return { requests, seconds, shared };
  return { requests, seconds, shared, expected: quantile(Float64Array.from(volumes).sort(), 0.5) * seconds };
}

export function volumeFindings({ data, drift }: Plan['monitor'], volume: Volume): Finding[] {
  if (!collapsed(data.volume, drift.significance, volume)) return [];
  const expected = Math.round(volume.expected as number).toLocaleString('en-US');
  return [
    {
      ...{ kind: 'data', severity: 'alarm', subject: 'volume' },
      ...{ value: volume.requests / (volume.expected as number), limit: data.volume },
      message: `${volume.requests.toLocaleString('en-US')} requests came where the last passes would have brought ${expected}; at least ${percent(data.volume)} of that is asked for (monitor.data.volume)`,
      mend: 'Look at the callers, the API and its keys. If so few are right now, lower monitor.data.volume.',
    },
  ];
}

/** The rates that the next pass compares with. A collapse is no measure for what comes after it. */
export function rememberVolume({ data, drift }: Plan['monitor'], volume: Volume, before: readonly number[]): number[] {
  if (volume.shared || volume.seconds <= 0 || collapsed(data.volume, drift.significance, volume)) return [...before];
  return [...before, volume.requests / volume.seconds].slice(-REMEMBERED);
}

/** So few that neither the plan allows it nor chance explains it, if requests come one by one (Poisson). */
const collapsed = (least: number, significance: number, { requests, expected }: Volume): boolean =>
  expected !== undefined && requests < least * expected && poissonBelow(requests, expected) < significance;

const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
