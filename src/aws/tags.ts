/** Tags say whose a thing is: only what carries our tags is adopted, stopped or deleted. */
import { paginateListTags, type SageMakerClient, type Tag } from '@aws-sdk/client-sagemaker';
import { notYet, permanent } from '../failures.ts';
import { type RunName, TAG_CYCLE, TAG_MODEL } from '../names.ts';
import { call, isMissing } from './errors.ts';

export type Tags = Readonly<Record<string, string>>;

export const cycleTags = (model: string, cycle: RunName): Tags => ({ [TAG_MODEL]: model, [TAG_CYCLE]: String(cycle) });
export const modelTags = (model: string): Tags => ({ [TAG_MODEL]: model });

export const tagList = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** The tags of a thing; none when it went away in the meantime. */
export const tagsOf = async (sagemaker: SageMakerClient, arn: string): Promise<Tags> =>
  (await findTags(sagemaker, arn)) ?? {};

async function findTags(sagemaker: SageMakerClient, arn: string): Promise<Tags | undefined> {
  return call(`ListTags ${arn}`, async () => {
    const tags: Record<string, string> = {};
    try {
      for await (const page of paginateListTags({ client: sagemaker }, { ResourceArn: arn }))
        for (const { Key, Value } of page.Tags ?? []) if (Key) tags[Key] = Value ?? '';
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return tags;
  });
}

export const carries = (found: Tags, wanted: Tags): boolean =>
  Object.entries(wanted).every(([key, value]) => found[key] === value);

/** Permanent `NameTaken` unless the thing of this name carries these tags. */
export async function requireOurs(sagemaker: SageMakerClient, thing: string, arn: string, wanted: Tags): Promise<void> {
  const found = await findTags(sagemaker, arn);
  if (!found) throw notYet(`${thing} is there and its tags are not to be seen yet; looking again`);
  if (carries(found, wanted)) return;
  const say = (tags: Tags) => JSON.stringify(Object.fromEntries(Object.keys(wanted).map((key) => [key, tags[key]])));
  throw permanent(
    'NameTaken',
    `${thing} exists and is not ours: expected its tags ${say(wanted)}, found ${say(found)}; delete or rename it, or give the model another name`,
    { arn },
  );
}
