/** Where the AWS console shows a model. Pure. */
import { consoleOf, dashboardUrl } from '../aws/dashboard.ts';
import { keys } from '../names.ts';
import type { ModelStatus } from '../workflows/messages.ts';

/** Nothing before the model has a topic, whose ARN says the partition and the region. */
export function consoleLinks(
  { model, topicArn, dashboard }: Pick<ModelStatus, 'model' | 'topicArn' | 'dashboard'>,
  bucket: string,
): { readonly dashboard?: string; readonly bucket?: string } {
  if (topicArn === undefined) return {};
  return {
    dashboard: dashboard && dashboardUrl(topicArn, model),
    bucket: `${consoleOf(topicArn)}/s3/buckets/${bucket}?prefix=${keys.model(model)}/`,
  };
}
