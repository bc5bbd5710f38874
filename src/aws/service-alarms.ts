/** The alarms of an endpoint: errors and latency over all its variants, processors and memory of each. */
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { Alarm, Watched } from './alarms.ts';
import { processorsOf } from './instances.ts';
import { INSTANCE_NAMESPACE } from './resource-metrics.ts';
import { dimensionsOf } from './variant-metrics.ts';

const MINUTE = 60;

/** An alarm takes ten metrics; an endpoint has two variants at most outside of a person's experiments. */
const newest = (variants: readonly string[]): string[] =>
  [...variants].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).slice(-4);

/** Errors and latency of the endpoint, over all its variants. No requests is no trouble. */
export function serviceAlarms({ plan, endpoint, variants }: Watched): Alarm[] {
  if (variants.length === 0) return [];
  const { errorRate, latencyP99 } = plan.monitor.service;
  const watched = newest(variants);
  const of = (id: string, name: string, stat: string): MetricDataQuery[] =>
    watched.map((variant, index) => ({
      Id: `${id}${index}`,
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/SageMaker',
          MetricName: name,
          Dimensions: dimensionsOf({ endpoint, variant }),
        },
        Period: MINUTE,
        Stat: stat,
      },
    }));
  const sum = (id: string) => watched.map((_, index) => `FILL(${id}${index}, 0)`).join(' + ');
  const result = (expression: string, label: string): MetricDataQuery => ({
    Id: 'watched',
    Expression: expression,
    Label: label,
    ReturnData: true,
  });
  const rest = {
    EvaluationPeriods: 5,
    DatapointsToAlarm: 3,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  } as const;
  return [
    {
      ...rest,
      AlarmName: 'errors',
      AlarmDescription:
        'The endpoint fails on more requests than monitor.service.errorRate allows. Look at its log; roll back if it began with a version.',
      Metrics: [
        ...of('errors', 'Invocation5XXErrors', 'Sum'),
        ...of('requests', 'Invocations', 'Sum'),
        result(`IF((${sum('requests')}) > 0, (${sum('errors')}) / (${sum('requests')}), 0)`, 'error rate'),
      ],
      Threshold: errorRate,
    },
    {
      ...rest,
      AlarmName: 'latency',
      AlarmDescription:
        'The 99th percentile of ModelLatency is above monitor.service.latencyP99. Give the endpoint more instances, or roll back.',
      Metrics: [...of('latency', 'ModelLatency', 'p99'), result('MAX(METRICS("latency"))', 'p99 in microseconds')],
      // SageMaker tells microseconds, plans milliseconds.
      Threshold: latencyP99 * 1000,
    },
  ];
}

/** Processors and memory of each variant's instances: plain alarms on SageMaker's own metrics. */
export function resourceAlarms({ plan, endpoint, variants }: Watched): Alarm[] {
  const { cpu, memory } = plan.monitor.service;
  const processors = processorsOf(plan.deploy.instance.type);
  const one = (variant: string, name: string, metric: string, percent: number, asked: string): Alarm => ({
    AlarmName: `${name}/${variant}`,
    AlarmDescription: `The instances of ${variant} use more than ${asked} allows. Give deploy.instance a larger type or a higher count.`,
    Namespace: INSTANCE_NAMESPACE,
    MetricName: metric,
    Dimensions: dimensionsOf({ endpoint, variant }),
    Statistic: 'Average',
    Period: 5 * MINUTE,
    EvaluationPeriods: 3,
    Threshold: percent,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  return newest(variants).flatMap((variant) => [
    // SageMaker adds up the percents of all processors.
    ...(processors === undefined
      ? []
      : [one(variant, 'cpu', 'CPUUtilization', 100 * processors * cpu, 'monitor.service.cpu')]),
    one(variant, 'memory', 'MemoryUtilization', 100 * memory, 'monitor.service.memory'),
  ]);
}
