/** Tells people what happened: through the model's SNS topic. */
import { dashboardUrl } from '../aws/dashboard.ts';
import { publish, subjectLine } from '../aws/topic.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

/** SNS takes 256 KiB; nobody reads so much in a mail. */
const MAX_BYTES = 64 * 1024;

export const notifyActivities = ({ aws, log }: Deps): Pick<Activities, 'notify'> => ({
  /** `message` says what happened, where to look and what to do; who the model belongs to, and the link to its dashboard, are added. */
  async notify({ frozen, topicArn, subject, message }) {
    const { model, owner } = frozen.plan;
    const line = subjectLine(`[${model}] ${subject}`);
    await publish(aws.sns, topicArn, line, `${cut(message)}\n\n${signature(topicArn, model, owner)}`);
    log.info({ model, subject: line }, 'notified');
  },
});

const signature = (topicArn: string, model: string, owner: { team: string; contact: string }): string =>
  [
    `Model: ${model}`,
    `Owner: ${owner.team}, ${owner.contact}`,
    `Status: npx perennial status ${model}`,
    `Dashboard: ${dashboardUrl(topicArn, model)}`,
  ].join('\n');

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_BYTES) return text;
  // A character that the cut went through is dropped.
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_BYTES)).replace(/\uFFFD+$/, '')}\n… (cut)`;
}
