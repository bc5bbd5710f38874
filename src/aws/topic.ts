/** The SNS topic of a model and who is told by it. */
import {
  CreateTopicCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  paginateListSubscriptionsByTopic,
  type SNSClient,
  SubscribeCommand,
  type Subscription,
  TagResourceCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { call } from './errors.ts';

export interface Subscriber {
  readonly protocol: 'email' | 'https' | 'sqs';
  readonly endpoint: string;
}

export const topicName = (model: string): string => `perennial-${model}`;

/** What SNS calls a subscriber that a plan names as mailto:…, https://… or an SQS ARN. */
export function subscriber(uri: string): Subscriber {
  if (uri.startsWith('mailto:')) return { protocol: 'email', endpoint: uri.slice('mailto:'.length) };
  return { protocol: uri.startsWith('https://') ? 'https' : 'sqs', endpoint: uri };
}

/**
 * The topic's ARN; it is made where it is missing, and its subscribers are those of the plan: who is new gets SNS's
 * request to confirm, who is gone is told no more. Subscribers of other kinds than a plan can name are left alone.
 */
export async function ensureTopic(client: SNSClient, model: string, notify: readonly string[]): Promise<string> {
  const create = new CreateTopicCommand({ Name: topicName(model) });
  const { TopicArn: arn = '' } = await call(`CreateTopic ${topicName(model)}`, () => client.send(create));
  await own(client, arn, model);

  const wanted = notify.map(subscriber);
  const there = await subscriptions(client, arn);
  for (const one of wanted.filter((one) => !there.some((sub) => same(sub, one)))) await subscribe(client, arn, one);
  const gone = there.filter((sub) => ofPlan(sub) && !wanted.some((one) => same(sub, one)));
  for (const sub of gone) await unsubscribe(client, sub);
  return arn;
}

/** Publishes; `subject` is ASCII of at most 100 characters, as SNS demands: see `subjectLine`. */
export async function publish(client: SNSClient, arn: string, subject: string, message: string): Promise<void> {
  const command = new PublishCommand({ TopicArn: arn, Subject: subject, Message: message });
  await call(`Publish ${arn}`, () => client.send(command));
}

/** CreateTopic gives a topic of this name whoever made it: its tag says whether it is ours. */
async function own(client: SNSClient, arn: string, model: string): Promise<void> {
  const list = new ListTagsForResourceCommand({ ResourceArn: arn });
  const { Tags = [] } = await call(`ListTagsForResource ${arn}`, () => client.send(list));
  const owner = Tags.find(({ Key }) => Key === TAG_MODEL)?.Value;
  if (owner === model) return;
  if (owner !== undefined)
    throw permanent('NameTaken', `SNS topic ${arn}: its tag ${TAG_MODEL} is ${owner}, not ${model}; remove the topic`);
  const tag = new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: TAG_MODEL, Value: model }] });
  await call(`TagResource ${arn}`, () => client.send(tag));
}

async function subscriptions(client: SNSClient, arn: string): Promise<Subscription[]> {
  const all: Subscription[] = [];
  await call(`ListSubscriptionsByTopic ${arn}`, async () => {
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: arn }))
      all.push(...(page.Subscriptions ?? []));
  });
  return all;
}

const same = (sub: Subscription, one: Subscriber): boolean =>
  sub.Protocol === one.protocol && sub.Endpoint === one.endpoint;

/** One that waits for its confirmation has no ARN yet and ends by itself. */
const ofPlan = (sub: Subscription): boolean =>
  ['email', 'https', 'sqs'].includes(sub.Protocol ?? '') && (sub.SubscriptionArn ?? '').startsWith('arn:');

async function subscribe(client: SNSClient, arn: string, { protocol, endpoint }: Subscriber): Promise<void> {
  const command = new SubscribeCommand({ TopicArn: arn, Protocol: protocol, Endpoint: endpoint });
  await call(`Subscribe ${protocol} ${endpoint} (monitor.notify)`, () => client.send(command));
}

async function unsubscribe(client: SNSClient, sub: Subscription): Promise<void> {
  const command = new UnsubscribeCommand({ SubscriptionArn: sub.SubscriptionArn });
  await call(`Unsubscribe ${sub.Protocol} ${sub.Endpoint}`, () => client.send(command));
}

/** A subject as SNS takes it: printable ASCII on one line, at most 100 characters, never empty. */
export function subjectLine(text: string): string {
  const plain = text
    .replace(/[–—]/g, '-')
    .replace(/→/g, '->')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  if (plain === '') return 'Perennial';
  return plain.length <= 100 ? plain : `${plain.slice(0, 97)}...`;
}
