/** How the endpoint serves, as a monitoring report shows it. */
import type { MonitorDetails } from '../data/monitoring.ts';
import { FEW_REQUESTS } from '../data/service-findings.ts';
import { type Html, html } from './html.ts';
import { percent, whole } from './numbers.ts';
import { section, table } from './page.ts';

export function serviceSection({ service, endpoint }: MonitorDetails): Html {
  const { requests, errors, refused, errorRate, latencyP99, modelLatencyP99, overheadLatencyP99, limits } = service;
  const { cpu, memory, instance } = service;
  const { status, reason, variants } = service.endpoint;
  const ms = (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
  const used = (value: number | undefined) => (value === undefined ? '–' : percent(value));
  const serving = status
    ? html`<p>Endpoint <strong>${endpoint}</strong> is ${status}${reason && ` (${reason})`} and serves ${variants.join(', ') || 'nothing'}.</p>`
    : html`<p>There is no endpoint <strong>${endpoint}</strong>.</p>`;
  const none = requests === 0 && html`<p>CloudWatch counted no requests in this time.</p>`;
  return section(
    'Service',
    html`${[serving, none]}`,
    table(
      `What CloudWatch counted, in whole minutes. Below ${FEW_REQUESTS} requests broken limits of errors and latency are warnings only`,
      ['Measure', 'Value', 'Limit'],
      [
        ['Requests', whole(requests), ''],
        [
          'Error rate (answers of 500 and above)',
          `${percent(errorRate, 2)} (${whole(errors)})`,
          `≤ ${percent(limits.errorRate, 2)}`,
        ],
        ['Refused (answers of 400 to 499)', whole(refused), ''],
        ['Latency, 99th percentile', ms(latencyP99), `≤ ${limits.latencyP99} ms`],
        ['… in the model', ms(modelLatencyP99), ''],
        ['… in SageMaker around it', ms(overheadLatencyP99), ''],
        [
          `Processors in use (${instance.type}${instance.processors ? `, ${instance.processors} vCPUs` : ''}), busiest hour`,
          used(cpu),
          `≤ ${percent(limits.cpu)}`,
        ],
        ['Memory in use, busiest hour', used(memory), `≤ ${percent(limits.memory)}`],
      ],
    ),
  );
}
