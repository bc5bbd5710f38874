/** Endpoint configs: which versions an endpoint serves, in which shares, on what, and how much of it is captured. */
import {
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigOutput,
  type ProductionVariant,
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
  /** Instances that it begins with. */
  readonly count: number;
}

export interface ConfigSpec {
  readonly name: string;
  readonly variants: readonly VariantSpec[];
  /** Variants that answer copies of the requests, in the share that their weight is of the others' sum. */
  readonly shadows: readonly VariantSpec[];
  readonly instanceType: string;
  /** Share of requests that are captured, 0 to 1, and the S3 uri of the folder. */
  readonly capture: { readonly share: number; readonly uri: string };
}

/**
 * Makes the config; adopts one of this name only when it is ours and says the same. One that would begin with too few
 * instances is made anew, unless it is `inUse`: then the endpoint has its instances already.
 */
export async function ensureConfig(
  sagemaker: SageMakerClient,
  spec: ConfigSpec,
  tags: Tags,
  inUse = false,
): Promise<void> {
  const created = await callOrTaken(`CreateEndpointConfig ${spec.name}`, () =>
    sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: spec.name,
        ProductionVariants: spec.variants.map((variant) => asVariant(spec, variant)),
        ...(spec.shadows.length > 0 && {
          ShadowProductionVariants: spec.shadows.map((variant) => asVariant(spec, variant)),
        }),
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
  if (inUse || !tooSmall(spec, found)) return;
  await deleteConfig(sagemaker, spec.name);
  throw notYet(`the endpoint config ${spec.name} had too few instances and is made anew`);
}

const asVariant = ({ instanceType }: ConfigSpec, variant: VariantSpec): ProductionVariant => ({
  VariantName: variant.name,
  ModelName: variant.modelName,
  InstanceType: instanceType as ProductionVariantInstanceType,
  InitialInstanceCount: variant.count,
  InitialVariantWeight: variant.weight,
});

const tooSmall = ({ variants }: ConfigSpec, { ProductionVariants = [] }: DescribeEndpointConfigOutput): boolean =>
  variants.some(({ name, count }) =>
    ProductionVariants.some((found) => found.VariantName === name && (found.InitialInstanceCount ?? 0) < count),
  );

export const describeConfig = (sagemaker: SageMakerClient, name: string) =>
  callOrMissing(`DescribeEndpointConfig ${name}`, () =>
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })),
  );

/** Names of the models that a config refers to. */
export const modelsOf = (config: DescribeEndpointConfigOutput): string[] =>
  [...(config.ProductionVariants ?? []), ...(config.ShadowProductionVariants ?? [])].flatMap(
    ({ ModelName }) => ModelName ?? [],
  );

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

/** Counts of instances are no part of what a config says: they follow the traffic. */
const wanted = (spec: ConfigSpec): string =>
  JSON.stringify({
    variants: spec.variants.map((one) => [one.name, one.modelName, one.weight, spec.instanceType]).sort(),
    shadows: spec.shadows.map((one) => [one.name, one.modelName, one.weight, spec.instanceType]).sort(),
    capture: [spec.capture.share > 0, percentage(spec), spec.capture.uri],
  });

const said = (config: DescribeEndpointConfigOutput): string =>
  JSON.stringify({
    variants: (config.ProductionVariants ?? []).map(variantSaid).sort(),
    shadows: (config.ShadowProductionVariants ?? []).map(variantSaid).sort(),
    capture: [
      config.DataCaptureConfig?.EnableCapture ?? false,
      config.DataCaptureConfig?.InitialSamplingPercentage ?? 0,
      config.DataCaptureConfig?.DestinationS3Uri ?? '',
    ],
  });

const variantSaid = (one: ProductionVariant) => [
  one.VariantName,
  one.ModelName,
  one.InitialVariantWeight,
  one.InstanceType,
];
