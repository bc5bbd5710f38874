/** Which CloudWatch alarms, of any kind, have gone off. */
import {
  AlarmType,
  type CloudWatchClient,
  DescribeAlarmsCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { alarmPrefix } from './alarms.ts';
import { call } from './errors.ts';

/** CloudWatch takes so many names a call. */
const MOST_NAMES = 100;

/** Those of `names` that are in ALARM and went there since an instant, by name; an alarm that is not there has not gone off. */
export async function alarmsRaised(
  cloudWatch: CloudWatchClient,
  names: readonly string[],
  since: Date,
): Promise<string[]> {
  // CloudWatch may tell whole seconds only.
  const from = Math.floor(since.getTime() / 1000) * 1000;
  const raised: string[] = [];
  for (let at = 0; at < names.length; at += MOST_NAMES) {
    const AlarmNames = names.slice(at, at + MOST_NAMES);
    const AlarmTypes = [AlarmType.MetricAlarm, AlarmType.CompositeAlarm];
    const asked = { AlarmNames, AlarmTypes, StateValue: 'ALARM', MaxRecords: MOST_NAMES } as const;
    const found = await call('DescribeAlarms', () => cloudWatch.send(new DescribeAlarmsCommand(asked)));
    for (const alarm of [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])]) {
      const went = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      if (alarm.AlarmName && went && went.getTime() >= from) raised.push(alarm.AlarmName);
    }
  }
  return raised.sort();
}

export interface AlarmState {
  /** Without the part that all of the model's have. */
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly since?: string;
  readonly description?: string;
}

/** The metric alarms of a model. */
export const alarmsOfModel = (cloudWatch: CloudWatchClient, model: string): Promise<AlarmState[]> =>
  call('DescribeAlarms', async () => {
    const prefix = alarmPrefix(model);
    const found: AlarmState[] = [];
    for await (const page of paginateDescribeAlarms({ client: cloudWatch, pageSize: 100 }, { AlarmNamePrefix: prefix }))
      for (const one of page.MetricAlarms ?? [])
        found.push({
          name: (one.AlarmName ?? '').slice(prefix.length),
          state: one.StateValue ?? 'INSUFFICIENT_DATA',
          since: (one.StateTransitionedTimestamp ?? one.StateUpdatedTimestamp)?.toISOString(),
          description: one.AlarmDescription,
        });
    return found;
  });
