/** Monitor: topic, alarms and dashboard of a model. */
import { alarmArns, ensureAlarms } from '../aws/alarms.ts';
import { ensureDashboard } from '../aws/dashboard.ts';
import { shapeOf } from '../aws/endpoint-shapes.ts';
import { describeEndpoint } from '../aws/endpoints.ts';
import { ensureTopic } from '../aws/topic.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

export const observabilityActivities = ({
  aws,
  config,
  store,
  log,
}: Deps): Pick<Activities, 'ensureObservability'> => ({
  async ensureObservability({ frozen, endpoint }) {
    const { plan } = frozen;
    const topicArn = await ensureTopic(aws.sns, plan.model, plan.monitor.notify);
    const serving = await describeEndpoint(aws.sagemaker, endpoint);
    const variants = serving ? Object.keys(shapeOf(serving).weights) : [];
    if (variants.length === 0)
      log.warn({ endpoint }, 'the endpoint serves nothing yet: its errors and latency have no alarm');

    const alarms = await ensureAlarms(aws.cloudWatch, {
      ...{ plan, endpoint, variants, topicArn },
      reports: store.uri(`${keys.model(plan.model)}/monitor/`),
    });
    const dashboard = await ensureDashboard(aws.cloudWatch, {
      plan,
      endpoint,
      region: config.region,
      alarmArns: alarmArns(topicArn, alarms),
    });
    log.info({ model: plan.model, topicArn, alarms: alarms.length, dashboard }, 'observability is ready');
    return { topicArn, dashboard };
  },
});
