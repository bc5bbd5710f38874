/** How well the endpoint served a version, what its instances were busy with, and whether it serves the version at all. */
import { describeConfig } from '../aws/endpoint-configs.ts';
import { shapeOf } from '../aws/endpoint-shapes.ts';
import { describeEndpoint } from '../aws/endpoints.ts';
import { processorsOf } from '../aws/instances.ts';
import { readResources } from '../aws/resource-metrics.ts';
import { readServiceMetrics } from '../aws/service-metrics.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { variantName } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

type Aws = Pick<Deps['aws'], 'cloudWatch' | 'sagemaker'>;

export async function servedOf(
  aws: Aws,
  { frozen, endpoint, champion, from, to }: Parameters<Activities['inspectModel']>[0],
): Promise<MonitorDetails['service']> {
  const where = { endpoint, variant: variantName(champion.version) };
  const found = await readServiceMetrics(aws.cloudWatch, where, new Date(from), new Date(to));
  const { requests, errors, modelLatencyP99, overheadLatencyP99 = 0 } = found;
  const { cpuPercent, memoryPercent } = await readResources(aws.cloudWatch, where, new Date(from), new Date(to));
  const { instance, ...state } = await stateOf(aws, where);
  const type = instance ?? frozen.plan.deploy.instance.type;
  const processors = processorsOf(type);
  return {
    ...found,
    errorRate: requests > 0 ? errors / requests : 0,
    // As for a canary: the sum of two 99th percentiles, mostly above that of the sum.
    ...(modelLatencyP99 !== undefined && { latencyP99: modelLatencyP99 + overheadLatencyP99 }),
    ...(cpuPercent !== undefined && processors !== undefined && { cpu: cpuPercent / 100 / processors }),
    ...(memoryPercent !== undefined && { memory: memoryPercent / 100 }),
    instance: { type, ...(processors !== undefined && { processors }) },
    endpoint: state,
    limits: frozen.plan.monitor.service,
  };
}

async function stateOf(
  { sagemaker }: Aws,
  { endpoint, variant }: { endpoint: string; variant: string },
): Promise<MonitorDetails['service']['endpoint'] & { instance?: string }> {
  const found = await describeEndpoint(sagemaker, endpoint);
  if (!found) return { variants: [] };
  const { EndpointStatus: status, FailureReason: reason, EndpointConfigName: name } = found;
  const config = name && (await describeConfig(sagemaker, name));
  const own = config ? config.ProductionVariants?.find(({ VariantName }) => VariantName === variant) : undefined;
  return {
    variants: Object.keys(shapeOf(found).weights),
    ...(status && { status }),
    ...(reason && { reason }),
    ...(own?.InstanceType && { instance: own.InstanceType }),
  };
}
