/** Endpoint configs: which versions an endpoint serves, in which shares, on what, and how much of it is captured. */
import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigOutput,
  type ProductionVariantInstanceType,
  paginateListEndpointConfigs,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { notYet, permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import { requireOurs, type Tags, tagList, tagsOf } from './tags.ts';

export interface VariantSpec {
  readonly name: string;
  readonly modelName: string;
  /** Percent; what is compared are shares of the sum. */
  readonly weight: number;
}

export interface ConfigSpec {
  readonly name: string;
  readonly variants: readonly VariantSpec[];
  readonly instance: { readonly type: string; readonly count: number };
  /** Share of requests that are captured, 0 to 1, and the S3 uri of the folder. */
  readonly capture: { readonly share: number; readonly uri: string };
}

/** Makes the config; adopts one of this name only when it is ours and says the same. */
export async function ensureConfig(sagemaker: SageMakerClient, spec: ConfigSpec, tags: Tags): Promise<void> {
  const created = await callOrTaken(`CreateEndpointConfig ${spec.name}`, () =>
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: spec.name,
        ProductionVariants: spec.variants.map((variant) => ({
          VariantName: variant.name,
          ModelName: variant.modelName,
          InstanceType: spec.instance.type as ProductionVariantInstanceType,
          InitialInstanceCount: spec.instance.count,
          InitialVariantWeight: variant.weight,
        })),
        DataCaptureConfig: {
          EnableCapture: spec.capture.share > 0,
          InitialSamplingPercentage: percentage(spec),
          DestinationS3Uri: spec.capture.uri,
          CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
          CaptureContentTypeHeader: { JsonContentTypes: ['application/json', 'application/jsonlines'] },
        },
        Tags: tagList(tags),
      }),
    ),
  );
  if (created) return;
  const found = await describeConfig(sagemaker, spec.name);
  if (!found) throw notYet(`the endpoint config ${spec.name} was there a moment ago and is not now; looking again`);
  await requireOurs(sagemaker, `the endpoint config ${spec.name}`, found.EndpointConfigArn ?? '', tags);
  const [due, is] = [wanted(spec), said(found)];
  if (due !== is)
    throw permanent(
      'NameTaken',
      `the endpoint config ${spec.name} exists and says ${is}, not ${due}; use another label`,
    );
}

export const describeConfig = (sagemaker: SageMakerClient, name: string) =>
  callOrMissing(`DescribeEndpointConfig ${name}`, () =>
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })),
  );

/** Names of the models that a config refers to. */
export const modelsOf = (config: DescribeEndpointConfigOutput): string[] =>
  (config.ProductionVariants ?? []).flatMap(({ ModelName }) => ModelName ?? []);

/** Every config whose name begins as the model's do and whose tags say that it is the model's. */
export async function configsOf(sagemaker: SageMakerClient, model: string): Promise<DescribeEndpointConfigOutput[]> {
  const names = await call(`ListEndpointConfigs ${model}-`, async () => {
    const found: string[] = [];
    for await (const page of paginateListEndpointConfigs({ client: sagemaker }, { NameContains: model }))
      for (const { EndpointConfigName: name } of page.EndpointConfigs ?? [])
        if (name?.startsWith(`${model}-`)) found.push(name);
    return found;
  });
  const configs: DescribeEndpointConfigOutput[] = [];
  for (const name of names) {
    const config = await describeConfig(sagemaker, name);
    if (config && (await tagsOf(sagemaker, config.EndpointConfigArn ?? ''))[TAG_MODEL] === model) configs.push(config);
  }
  return configs;
}

export const deleteConfig = (sagemaker: SageMakerClient, name: string) =>
  callOrMissing(`DeleteEndpointConfig ${name}`, () =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })),
  );

/** AWS captures whole percents: a small share is at least one of them. */
const percentage = ({ capture }: ConfigSpec): number =>
  capture.share > 0 ? Math.max(1, Math.round(capture.share * 100)) : 0;

const wanted = (spec: ConfigSpec): string =>
  JSON.stringify({
    variants: spec.variants
      .map((one) => [one.name, one.modelName, one.weight, spec.instance.type, spec.instance.count])
      .sort(),
    capture: [spec.capture.share > 0, percentage(spec), spec.capture.uri],
  });

const said = (config: DescribeEndpointConfigOutput): string =>
  JSON.stringify({
    variants: (config.ProductionVariants ?? [])
      .map((one) => [
        one.VariantName,
        one.ModelName,
        one.InitialVariantWeight,
        one.InstanceType,
        one.InitialInstanceCount,
      ])
      .sort(),
    capture: [
      config.DataCaptureConfig?.EnableCapture ?? false,
      config.DataCaptureConfig?.InitialSamplingPercentage ?? 0,
      config.DataCaptureConfig?.DestinationS3Uri ?? '',
    ],
  });
