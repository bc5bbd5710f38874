/** Application Auto Scaling of the variants of an endpoint: a scalable target and a target tracking policy each. */
import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { call, callOrMissing } from './errors.ts';

export interface Scaling {
  readonly min: number;
  readonly max: number;
  readonly requestsPerMinute: number;
}

const POLICY = 'perennial-requests';

/** What of a variant scales. */
export const SCALES = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const;

const targetOf = (endpoint: string, variant: string) =>
  ({ ...SCALES, ResourceId: `endpoint/${endpoint}/variant/${variant}` }) as const;

/** Registers the variant, or changes what it was registered with. */
export async function ensureScaling(
  client: ApplicationAutoScalingClient,
  { endpoint, variant }: { endpoint: string; variant: string },
  { min, max, requestsPerMinute }: Scaling,
): Promise<void> {
  const target = targetOf(endpoint, variant);
  await call(`RegisterScalableTarget ${target.ResourceId}`, () =>
    client.send(new RegisterScalableTargetCommand({ ...target, MinCapacity: min, MaxCapacity: max })),
  );
  await call(`PutScalingPolicy ${POLICY} of ${target.ResourceId}`, () =>
    client.send(
      new PutScalingPolicyCommand({
        ...target,
        PolicyName: POLICY,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: requestsPerMinute,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      }),
    ),
  );
}

/** Its policies go with the target; a variant that is not registered is no error. */
export const endScaling = (client: ApplicationAutoScalingClient, where: { endpoint: string; variant: string }) =>
  deregister(client, targetOf(where.endpoint, where.variant).ResourceId);

/** `resource`: `endpoint/<endpoint>/variant/<variant>`. */
export const deregister = (client: ApplicationAutoScalingClient, resource: string) =>
  callOrMissing(`DeregisterScalableTarget ${resource}`, () =>
    client.send(new DeregisterScalableTargetCommand({ ...SCALES, ResourceId: resource })),
  );
