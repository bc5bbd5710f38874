/** The topics of models. */
import {
  DeleteTopicCommand,
  ListTagsForResourceCommand,
  paginateListTopics,
  type SNSClient,
} from '@aws-sdk/client-sns';
import { TAG_MODEL } from '../names.ts';
import { call, callOrMissing } from './errors.ts';
import type { Owned } from './owned.ts';
import { topicName } from './topic.ts';

export async function topics(client: SNSClient): Promise<Owned[]> {
  const arns = await call('ListTopics', async () => {
    const found: string[] = [];
    for await (const page of paginateListTopics({ client }, {}))
      found.push(...(page.Topics ?? []).flatMap(({ TopicArn }) => TopicArn ?? []));
    return found.filter((arn) => arn.split(':').at(-1)?.startsWith(topicName('')));
  });
  const found: Owned[] = [];
  for (const arn of arns)
    found.push({ kind: 'topic', name: arn.split(':').at(-1) ?? '', arn, model: await modelOf(client, arn) });
  return found;
}

export async function deleteTopic(client: SNSClient, { name, model, arn = '' }: Owned): Promise<boolean> {
  if (model === undefined || (await modelOf(client, arn)) !== model) return false;
  const command = new DeleteTopicCommand({ TopicArn: arn });
  return (await callOrMissing(`DeleteTopic ${name}`, () => client.send(command))) !== undefined;
}

async function modelOf(client: SNSClient, arn: string): Promise<string | undefined> {
  const command = new ListTagsForResourceCommand({ ResourceArn: arn });
  const found = await callOrMissing(`ListTagsForResource ${arn}`, () => client.send(command));
  return found?.Tags?.find(({ Key }) => Key === TAG_MODEL)?.Value;
}
