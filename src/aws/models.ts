/** SageMaker models: an image, an artifact, and how they are run together. */
import {
  CreateModelCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { notYet, permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { callOrMissing, callOrTaken } from './errors.ts';
import { requireOurs, type Tags, tagList, tagsOf } from './tags.ts';

export interface ModelSpec {
  readonly name: string;
  readonly roleArn: string;
  readonly image: string;
  /** S3 uri of model.tar.gz. */
  readonly artifact: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes the model, or adopts ours of this name when it serves the same artifact by the same image. */
export async function ensureModel(sagemaker: SageMakerClient, spec: ModelSpec, tags: Tags): Promise<void> {
  const container = { Image: spec.image, ModelDataUrl: spec.artifact, Environment: { ...spec.environment } };
  const created = await callOrTaken(`CreateModel ${spec.name}`, () =>
    sagemaker.send(
      new CreateModelCommand({
        ModelName: spec.name,
        ExecutionRoleArn: spec.roleArn,
        PrimaryContainer: container,
        Tags: tagList(tags),
      }),
    ),
  );
  if (created) return;
  const found = await describe(sagemaker, spec.name);
  if (!found) throw notYet(`the SageMaker model ${spec.name} was there a moment ago and is not now; looking again`);
  await requireOurs(sagemaker, `the SageMaker model ${spec.name}`, found.ModelArn ?? '', tags);
  const serves = found.PrimaryContainer;
  if (serves?.ModelDataUrl === spec.artifact && serves.Image === spec.image) return;
  throw permanent(
    'NameTaken',
    `the SageMaker model ${spec.name} exists and serves ${serves?.ModelDataUrl} by ${serves?.Image}, not ${spec.artifact} by ${spec.image}; delete it if nothing needs it`,
  );
}

/** Deletes a model of ours. Absent, needed or another's: nothing happens. Says whether it deleted. */
export async function deleteModel(
  sagemaker: SageMakerClient,
  name: string,
  needed: (owner: string) => Promise<boolean> = async () => false,
): Promise<boolean> {
  const found = await describe(sagemaker, name);
  if (!found?.ModelArn) return false;
  const owner = (await tagsOf(sagemaker, found.ModelArn))[TAG_MODEL];
  if (!owner || (await needed(owner))) return false;
  const gone = await callOrMissing(`DeleteModel ${name}`, () =>
    sagemaker.send(new DeleteModelCommand({ ModelName: name })),
  );
  return gone !== undefined;
}

const describe = (sagemaker: SageMakerClient, name: string) =>
  callOrMissing(`DescribeModel ${name}`, () => sagemaker.send(new DescribeModelCommand({ ModelName: name })));
