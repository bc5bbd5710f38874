/** SageMaker endpoints: what they serve, moving them to another config, moving weights, and letting them go. */
import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  type DescribeEndpointOutput,
  type SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import type { EndpointShape } from '../activities/types.ts';
import { notYet, permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { headsFor, sameWeights } from './endpoint-shapes.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import { requireOurs, type Tags, tagList, tagsOf } from './tags.ts';

export type Endpoint = DescribeEndpointOutput;

export const describeEndpoint = (sagemaker: SageMakerClient, name: string): Promise<Endpoint | undefined> =>
  callOrMissing(`DescribeEndpoint ${name}`, () => sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })));

/**
 * Creates the endpoint on a config, or moves it there. Nothing happens when it is there or on its way. Retryable `NotYet`
 * while it is busy with another change; permanent `NameTaken` when it is another's, `RolloutFailed` when it is beyond help.
 * `prepare` is called before an endpoint that is there is moved.
 */
export async function moveEndpoint(
  sagemaker: SageMakerClient,
  name: string,
  config: string,
  tags: Tags,
  prepare: (found: Endpoint) => Promise<void> = async () => {},
): Promise<void> {
  const found = await describeEndpoint(sagemaker, name);
  if (!found) {
    const created = await callOrTaken(`CreateEndpoint ${name}`, () =>
      sagemaker.send(
        new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: config, Tags: tagList(tags) }),
      ),
    );
    if (!created) throw notYet(`endpoint ${name} appeared a moment ago; looking again`);
    return;
  }
  await requireOurs(sagemaker, `the endpoint ${name}`, found.EndpointArn ?? '', tags);
  if (headsFor(found) === config) return;
  const status = found.EndpointStatus ?? 'unknown';
  if (status === 'Failed') {
    // It never served: deleting it is all that AWS allows, and makes room for the new one.
    await deleteEndpoint(sagemaker, name);
    throw notYet(`endpoint ${name} had failed (${found.FailureReason ?? 'no reason given'}) and is being deleted`);
  }
  if (status === 'UpdateRollbackFailed')
    throw permanent(
      'RolloutFailed',
      `endpoint ${name} is ${status}: it serves a mix of two configs (${found.FailureReason ?? 'no reason given'}); bring it back to InService in the SageMaker console, then roll out again`,
    );
  if (status !== 'InService') throw notYet(`endpoint ${name} is ${status}; it takes no change now`);
  await prepare(found);
  await call(`UpdateEndpoint ${name} to ${config}`, () =>
    sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName: name,
        EndpointConfigName: config,
        // Weights, capture and counts are the new config's, which was made for the instances that serve now.
        RetainAllVariantProperties: false,
      }),
    ),
  );
}

/** Moves weights between the variants that the endpoint has; nothing happens when they are so. */
export async function shiftWeights(sagemaker: SageMakerClient, shape: EndpointShape): Promise<void> {
  const name = shape.endpoint;
  const found = await describeEndpoint(sagemaker, name);
  if (!found) throw permanent('RolloutFailed', `endpoint ${name} is gone: traffic cannot be shifted on it`);
  if (headsFor(found) !== shape.config)
    throw permanent(
      'RolloutFailed',
      `endpoint ${name} is on config ${headsFor(found)}, not ${shape.config}: somebody else changed it`,
    );
  const desired = (found.ProductionVariants ?? []).map((variant) => [
    variant.VariantName ?? '',
    variant.DesiredWeight ?? variant.CurrentWeight ?? 0,
  ]);
  if (sameWeights(Object.fromEntries(desired), shape.weights)) return;
  if (found.EndpointStatus !== 'InService')
    throw notYet(`endpoint ${name} is ${found.EndpointStatus}; it takes no change now`);
  await call(`UpdateEndpointWeightsAndCapacities ${name}`, () =>
    sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: name,
        DesiredWeightsAndCapacities: Object.entries(shape.weights).map(([VariantName, DesiredWeight]) => ({
          VariantName,
          DesiredWeight,
        })),
      }),
    ),
  );
}

/** Deletes an endpoint of ours. Absent, going or another's: nothing happens. Says whether it deleted. */
export async function deleteEndpoint(sagemaker: SageMakerClient, name: string): Promise<boolean> {
  const found = await describeEndpoint(sagemaker, name);
  if (!found?.EndpointArn || found.EndpointStatus === 'Deleting') return false;
  if (!(await tagsOf(sagemaker, found.EndpointArn))[TAG_MODEL]) return false;
  const gone = await callOrMissing(`DeleteEndpoint ${name}`, () =>
    sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })),
  );
  return gone !== undefined;
}
