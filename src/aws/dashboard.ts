/** The CloudWatch dashboard of a model. */
import { type CloudWatchClient, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '../names.ts';
import { measureName } from '../plan/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { call } from './errors.ts';
import { CUSTOM } from './metric-names.ts';
import { INSTANCE_NAMESPACE } from './resource-metrics.ts';

export interface Shown {
  readonly plan: Plan;
  readonly endpoint: string;
  readonly region: string;
  readonly alarmArns: readonly string[];
}

interface Widget {
  readonly type: 'text' | 'metric' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export const dashboardName = (model: string): string => `perennial-${model}`;

const CONSOLES: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The console of the region and partition of an ARN. */
export function consoleOf(arn: string): string {
  const [, partition = '', , region] = arn.split(':');
  return `https://${region}.${CONSOLES[partition] ?? 'console.aws.amazon.com'}`;
}

/** Where people look at the dashboard, in the region and partition of an ARN of the model's. */
export function dashboardUrl(arn: string, model: string): string {
  const [, , , region] = arn.split(':');
  return `${consoleOf(arn)}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(model)}`;
}

/** Puts the dashboard, as it follows from the plan; gives its name. */
export async function ensureDashboard(client: CloudWatchClient, shown: Shown): Promise<string> {
  const name = dashboardName(shown.plan.model);
  const put = new PutDashboardCommand({ DashboardName: name, DashboardBody: JSON.stringify(dashboardBody(shown)) });
  await call(`PutDashboard ${name}`, () => client.send(put));
  return name;
}

/** The dashboard as CloudWatch takes it. Searches find the variants of later versions by themselves. Pure. */
export function dashboardBody(shown: Shown): { start: string; widgets: Widget[] } {
  const { plan, endpoint, region, alarmArns } = shown;
  const { data, drift, quality, service, skew } = plan.monitor;
  const chart = (title: string, metrics: unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
    type: 'metric' as const,
    properties: { title, region, view: 'timeSeries', stacked: false, metrics, ...more },
  });
  const line = (label: string, value: number, color = '#d62728') => ({ label, value, color });
  const every = Math.min(86_400, Math.max(1, Math.ceil(plan.monitor.every / 60_000)) * 60);

  const search = (metric: string, stat: string, namespace = 'AWS/SageMaker', period = 60) => [
    {
      expression: `SEARCH('{${namespace},EndpointName,VariantName} EndpointName="${endpoint}" MetricName="${metric}"', '${stat}', ${period})`,
      id: metric.toLowerCase(),
    },
  ];
  const own = (metric: string, by: string) => [
    {
      expression: `SEARCH('{${METRIC_NAMESPACE},Model,${by}} Model="${plan.model}" MetricName="${metric}"', 'Maximum', ${every})`,
      id: metric.toLowerCase(),
      label: `\${PROP('Dim.${by}')}`,
    },
  ];
  const plain = (metric: string, more: Readonly<Record<string, unknown>> = {}) => [
    ...[METRIC_NAMESPACE, metric, 'Model', plan.model],
    { stat: 'Maximum', period: every, ...more },
  ];

  const rows: { height: number; widgets: Omit<Widget, 'x' | 'y' | 'width' | 'height'>[] }[] = [
    { height: 3, widgets: [{ type: 'text', properties: { markdown: heading(plan, endpoint) } }] },
    ...(alarmArns.length > 0
      ? [{ height: 3, widgets: [{ type: 'alarm' as const, properties: { title: 'Alarms', alarms: alarmArns } }] }]
      : []),
    {
      height: 6,
      widgets: [
        chart('Requests a minute', [search('Invocations', 'Sum')]),
        chart('Errors', [search('Invocation5XXErrors', 'Sum'), search('Invocation4XXErrors', 'Sum')]),
        chart('Latency p99 (µs)', [search('ModelLatency', 'p99'), search('OverheadLatency', 'p99')], {
          annotations: { horizontal: [line('limit', service.latencyP99 * 1000)] },
        }),
      ],
    },
    {
      height: 6,
      widgets: [
        chart('Drift (PSI)', [own(CUSTOM.drift, 'Feature')], {
          annotations: { horizontal: [line('warn', drift.warn, '#ff7f0e'), line('alarm', drift.alarm)] },
        }),
        chart('Quality of live predictions', [own(CUSTOM.quality, 'Metric')], {
          annotations: {
            horizontal: quality.flatMap(({ metric, class: one, min, max }) =>
              limits(measureName(metric, one), min, max),
            ),
          },
        }),
        chart('Quality, estimated before outcomes come', [own(CUSTOM.estimated, 'Metric')]),
      ],
    },
    {
      height: 6,
      widgets: [
        chart(
          'Inputs: rise of missing values, values of another type (worst input)',
          [plain(CUSTOM.missing), plain(CUSTOM.mistyped)],
          {
            annotations: {
              horizontal: [line('missing', data.missing), line('another type', data.mistyped, '#ff7f0e')],
            },
          },
        ),
        chart('Refused share of requests', [plain(CUSTOM.refused)], {
          annotations: { horizontal: [line('limit', data.refused)] },
        }),
        chart('Busy share of an instance', [own(CUSTOM.utilization, 'Resource')], {
          annotations: { horizontal: [line('cpu', service.cpu), line('memory', service.memory, '#ff7f0e')] },
        }),
      ],
    },
    {
      height: 6,
      widgets: [
        chart('Processors (% of one)', [search('CPUUtilization', 'Average', INSTANCE_NAMESPACE)]),
        chart('Memory (%)', [search('MemoryUtilization', 'Average', INSTANCE_NAMESPACE)]),
        chart('Training/serving skew (share of replayed rows)', [plain(CUSTOM.skew)], {
          annotations: { horizontal: [line('limit', skew.max)] },
        }),
        chart('Findings by kind, and known outcomes', [
          own(CUSTOM.findings, 'Kind'),
          plain(CUSTOM.labelled, { yAxis: 'right' }),
        ]),
      ],
    },
  ];
  return { start: '-P1D', widgets: laidOut(rows) };

  function limits(metric: string, min: number | undefined, max: number | undefined) {
    return [
      ...(min === undefined ? [] : [line(`${metric} at least`, min)]),
      ...(max === undefined ? [] : [line(`${metric} at most`, max)]),
    ];
  }
}

const heading = ({ model, objective, owner }: Plan, endpoint: string): string =>
  `# ${model}\n${objective}\n\nOwner: ${owner.team}, ${owner.contact} · endpoint \`${endpoint}\` · workflow \`model/${model}\``;

/** Widgets of a row share the 24 columns that a dashboard has. */
function laidOut(
  rows: readonly { height: number; widgets: readonly Omit<Widget, 'x' | 'y' | 'width' | 'height'>[] }[],
) {
  let y = 0;
  return rows.flatMap(({ height, widgets }) => {
    const width = Math.floor(24 / widgets.length);
    const placed = widgets.map((widget, index) => ({ ...widget, x: index * width, y, width, height }));
    y += height;
    return placed;
  });
}
