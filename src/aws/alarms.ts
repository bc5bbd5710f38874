/** The alarms of a model: what they watch follows from the plan. */
import {
  type CloudWatchClient,
  type ComparisonOperator,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE, TAG_MODEL } from '../names.ts';
import { measureName } from '../plan/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { dashboardUrl } from './dashboard.ts';
import { call } from './errors.ts';
import { CUSTOM } from './metric-names.ts';
import { dimensionValue } from './publish.ts';
import { resourceAlarms, serviceAlarms } from './service-alarms.ts';

export interface Watched {
  readonly plan: Plan;
  readonly endpoint: string;
  /** Variants that the endpoint serves; without one there is no service to watch. */
  readonly variants: readonly string[];
  readonly topicArn: string;
  /** S3 uri of the folder of the monitoring reports. */
  readonly reports: string;
}

export type Alarm = PutMetricAlarmCommandInput & { readonly AlarmName: string };

const MINUTE = 60;
const DAY = 86_400;
/** CloudWatch looks back seven days at most, with periods of an hour or more. */
const LONGEST = 7 * DAY;

export const alarmPrefix = (model: string): string => `perennial/${model}/`;

/** ARNs of alarms in the account and region of the topic that they tell. */
export function alarmArns(topicArn: string, names: readonly string[]): string[] {
  const [, partition, , region, account] = topicArn.split(':');
  return names.map((name) => `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`);
}

/** Puts every alarm of the model and removes those that its plan no longer asks for; gives their names. */
export async function ensureAlarms(client: CloudWatchClient, watched: Watched): Promise<string[]> {
  const alarms = alarmsOf(watched);
  for (const alarm of alarms)
    await call(`PutMetricAlarm ${alarm.AlarmName}`, () => client.send(new PutMetricAlarmCommand(alarm)));

  const names = alarms.map(({ AlarmName }) => AlarmName);
  const gone = (await existing(client, watched.plan.model)).filter((name) => !names.includes(name));
  for (let at = 0; at < gone.length; at += 100) {
    const remove = new DeleteAlarmsCommand({ AlarmNames: gone.slice(at, at + 100) });
    await call('DeleteAlarms', () => client.send(remove));
  }
  return names;
}

/** Every alarm as CloudWatch takes it. Pure. */
export function alarmsOf(watched: Watched): Alarm[] {
  const { plan, topicArn } = watched;
  const common = {
    AlarmActions: [topicArn],
    ActionsEnabled: true,
    Tags: [{ Key: TAG_MODEL, Value: plan.model }],
  };
  const all = [
    ...serviceAlarms(watched),
    ...resourceAlarms(watched),
    ...findings(plan),
    ...quality(plan),
    ...silence(plan),
  ];
  const places = `\nDashboard: ${dashboardUrl(topicArn, plan.model)}\nReports: ${watched.reports}`;
  return all.map((alarm) => ({
    ...common,
    ...alarm,
    AlarmName: `${alarmPrefix(plan.model)}${alarm.AlarmName}`,
    AlarmDescription: `${alarm.AlarmDescription}${places}`,
  }));
}

const KINDS: Readonly<Record<'drift' | 'data' | 'skew' | 'service', string>> = {
  drift:
    'Inputs or predictions have moved beyond monitor.drift.alarm. If the world has changed, retrain; if what sends them has, mend that.',
  data: 'What comes is broken: missing, mistyped, stuck, refused, or too little. Mend the callers; retraining does not help.',
  skew: 'Live requests become other features or predictions in serving than in training. Compare the versions of code and data on both sides.',
  service:
    'The endpoint is not what the model believes, or serves beyond monitor.service. Look at it in SageMaker; roll back if it began with a version.',
};

/** Monitoring has already weighed its findings against the plan; the alarm tells people. A late pass changes nothing. */
const findings = (plan: Plan): Alarm[] =>
  Object.entries(KINDS).map(([kind, words]) => ({
    ...custom(plan, CUSTOM.findings, { Kind: kind }, 'Maximum'),
    AlarmName: kind,
    AlarmDescription: `${words} See the newest monitoring report.`,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'ignore',
  }));

/** Outcomes come late, and a pass without enough of them publishes nothing: the alarm keeps its state until the next. */
function quality(plan: Plan): Alarm[] {
  const one = (metric: string, bound: 'min' | 'max', limit: number): Alarm => ({
    ...custom(plan, CUSTOM.quality, { Metric: metric }, bound === 'min' ? 'Minimum' : 'Maximum'),
    AlarmName: `quality/${metric}-${bound}`,
    AlarmDescription: `${metric} of live predictions is ${bound === 'min' ? 'below' : 'above'} the ${limit} of monitor.quality. Retrain, or roll back.`,
    Threshold: limit,
    ComparisonOperator: (bound === 'min' ? 'LessThanThreshold' : 'GreaterThanThreshold') satisfies ComparisonOperator,
    TreatMissingData: 'ignore',
  });
  return plan.monitor.quality.flatMap(({ metric, class: ofClass, min, max }) => [
    ...(min === undefined ? [] : [one(measureName(metric, ofClass), 'min', min)]),
    ...(max === undefined ? [] : [one(measureName(metric, ofClass), 'max', max)]),
  ]);
}

/** Nobody has looked for two passes: here missing data is the trouble. Passes further apart than CloudWatch sees have none. */
function silence(plan: Plan): Alarm[] {
  const seconds = Math.max(MINUTE * 5, 2 * periodOf(plan.monitor.every));
  const period = Math.min(seconds, DAY);
  const periods = Math.ceil(seconds / period);
  if (periods * period > LONGEST) return [];
  return [
    {
      ...custom(plan, CUSTOM.findings, { Kind: 'drift' }, 'SampleCount'),
      Period: period,
      EvaluationPeriods: periods,
      AlarmName: 'silence',
      AlarmDescription:
        'No monitoring pass has reported for twice monitor.every. Look at the schedule of the monitor in Temporal, and at the worker.',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    },
  ];
}

function custom(
  plan: Plan,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  statistic: 'Minimum' | 'Maximum' | 'SampleCount',
) {
  return {
    Namespace: METRIC_NAMESPACE,
    MetricName: name,
    Dimensions: Object.entries({ Model: plan.model, ...dimensions }).map(([Name, Value]) => ({
      Name,
      Value: dimensionValue(Value),
    })),
    Statistic: statistic,
    Period: Math.min(periodOf(plan.monitor.every), DAY),
    EvaluationPeriods: 1,
  } as const;
}

/** Milliseconds to seconds, rounded up to whole minutes, as CloudWatch's periods are. */
const periodOf = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 60_000)) * MINUTE;

async function existing(client: CloudWatchClient, model: string): Promise<string[]> {
  const names: string[] = [];
  await call('DescribeAlarms', async () => {
    const pages = paginateDescribeAlarms({ client, pageSize: 100 }, { AlarmNamePrefix: alarmPrefix(model) });
    for await (const page of pages)
      for (const { AlarmName } of page.MetricAlarms ?? []) if (AlarmName) names.push(AlarmName);
  });
  return names;
}
