/** SageMaker's model registry: a group a model, a package a version. */
import { createHash } from 'node:crypto';
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  type DescribeModelPackageOutput,
  type ProductionVariantInstanceType,
  paginateListModelPackages,
  type SageMakerClient,
  type TransformInstanceType,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { notYet, permanent } from '../failures.ts';
import { packageGroupName } from '../names.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import { modelTags, requireOurs, tagList } from './tags.ts';

export interface PackageSpec {
  readonly model: string;
  readonly cycle: number;
  readonly description: string;
  /** Who approved it, and why. */
  readonly approval: string;
  readonly image: string;
  readonly artifact: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly instance: string;
  readonly transformInstance: string;
  /** S3 uri and sha256 of evaluation.json; the sha256 tells one registration from another. */
  readonly evaluation: { readonly uri: string; readonly sha256: string };
  /** At most 256 letters, digits and `_.:/=+-@` each. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface Package {
  readonly version: number;
  readonly arn: string;
  readonly registeredAt: string;
}

/** Registers a version, approved; a package that this cycle's evaluation has already made is adopted. */
export async function ensurePackage(sagemaker: SageMakerClient, spec: PackageSpec): Promise<Package> {
  const group = packageGroupName(spec.model);
  await ensureGroup(sagemaker, spec.model, group);
  const found = await findPackage(sagemaker, group, spec);
  if (found) return approved(sagemaker, found, spec);
  const created = await call(`CreateModelPackage ${group}, cycle ${spec.cycle}`, () =>
    sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: group,
        ModelPackageDescription: `${opening(spec)} ${plain(spec.description)}`.slice(0, 1024),
        ModelApprovalStatus: 'PendingManualApproval',
        ClientToken: token(spec),
        InferenceSpecification: {
          Containers: [{ Image: spec.image, ModelDataUrl: spec.artifact, Environment: { ...spec.environment } }],
          SupportedContentTypes: ['application/json', 'application/jsonlines'],
          SupportedResponseMIMETypes: ['application/json', 'application/jsonlines'],
          SupportedRealtimeInferenceInstanceTypes: [spec.instance as ProductionVariantInstanceType],
          SupportedTransformInstanceTypes: [spec.transformInstance as TransformInstanceType],
        },
        ModelMetrics: {
          ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: spec.evaluation.uri } },
        },
        CustomerMetadataProperties: {
          ...Object.fromEntries(Object.entries(spec.facts).map(([key, value]) => [key, metadata(value)])),
          cycle: String(spec.cycle),
          evaluation: spec.evaluation.sha256,
        },
      }),
    ),
  );
  return approved(sagemaker, await describe(sagemaker, created.ModelPackageArn ?? ''), spec);
}

/** Cycles of which the registry has a version, as their metadata say it. */
export async function registeredCycles(sagemaker: SageMakerClient, model: string): Promise<string[]> {
  const group = packageGroupName(model);
  const arns = await callOrMissing(`ListModelPackages ${group}`, async () => {
    const found: string[] = [];
    for await (const page of paginateListModelPackages({ client: sagemaker }, { ModelPackageGroupName: group }))
      found.push(...(page.ModelPackageSummaryList ?? []).flatMap(({ ModelPackageArn }) => ModelPackageArn ?? []));
    return found;
  });
  const cycles: string[] = [];
  for (const arn of arns ?? []) {
    const cycle = (await describe(sagemaker, arn)).CustomerMetadataProperties?.cycle;
    if (cycle === undefined)
      throw permanent('InvalidRequest', `${arn} does not say of which cycle it is: what it needs is not known`);
    cycles.push(cycle);
  }
  return cycles;
}

/** Only an update takes the reason of an approval, so a package is made first and approved then. */
async function approved(
  sagemaker: SageMakerClient,
  found: DescribeModelPackageOutput,
  spec: PackageSpec,
): Promise<Package> {
  const arn = found.ModelPackageArn ?? '';
  if (found.ModelApprovalStatus !== 'Approved')
    await call(`UpdateModelPackage ${arn}`, () =>
      sagemaker.send(
        new UpdateModelPackageCommand({
          ModelPackageArn: arn,
          ModelApprovalStatus: 'Approved',
          ApprovalDescription: plain(spec.approval).slice(0, 1024),
        }),
      ),
    );
  return {
    version: found.ModelPackageVersion ?? 0,
    arn,
    registeredAt: (found.CreationTime ?? new Date(0)).toISOString(),
  };
}

async function ensureGroup(sagemaker: SageMakerClient, model: string, group: string): Promise<void> {
  const describeGroup = () =>
    callOrMissing(`DescribeModelPackageGroup ${group}`, () =>
      sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: group })),
    );
  if (!(await describeGroup())) {
    const created = await callOrTaken(`CreateModelPackageGroup ${group}`, () =>
      sagemaker.send(
        new CreateModelPackageGroupCommand({
          ModelPackageGroupName: group,
          ModelPackageGroupDescription: `Versions of ${model}`,
          Tags: tagList(modelTags(model)),
        }),
      ),
    );
    if (created) return;
  }
  const found = await describeGroup();
  if (!found) throw notYet(`the model package group ${group} is there and not to be seen yet; looking again`);
  const arn = found.ModelPackageGroupArn ?? '';
  await requireOurs(sagemaker, `the model package group ${group}`, arn, modelTags(model));
}

/** Summaries carry no metadata: the description's opening finds the candidates, the metadata settles it. */
async function findPackage(
  sagemaker: SageMakerClient,
  group: string,
  spec: PackageSpec,
): Promise<DescribeModelPackageOutput | undefined> {
  const arns = await call(`ListModelPackages ${group}`, async () => {
    const query = { ModelPackageGroupName: group, SortBy: 'CreationTime', SortOrder: 'Descending' } as const;
    const found: string[] = [];
    for await (const page of paginateListModelPackages({ client: sagemaker }, query))
      for (const { ModelPackageArn: arn, ModelPackageDescription: text } of page.ModelPackageSummaryList ?? [])
        if (arn && text?.startsWith(opening(spec))) found.push(arn);
    return found;
  });
  for (const arn of arns) {
    const found = await describe(sagemaker, arn);
    if (found.CustomerMetadataProperties?.evaluation === spec.evaluation.sha256) return found;
  }
  return undefined;
}

const describe = (sagemaker: SageMakerClient, arn: string) =>
  call(`DescribeModelPackage ${arn}`, () => sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn })));

const opening = (spec: PackageSpec): string => `Cycle ${spec.cycle}:`;

/** The same registration asks with the same token, so that a lost answer makes no second version. */
const token = (spec: PackageSpec): string =>
  createHash('sha256').update(`${spec.model}/${spec.cycle}/${spec.evaluation.sha256}`).digest('hex').slice(0, 36);

/** What AWS takes in a description: no control characters. */
const plain = (text: string): string => text.replace(/\p{C}+/gu, ' ');
const metadata = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}_.:/=+\-@]+/gu, ' ')
    .trim()
    .slice(0, 256) || '-';
