/** What watches models in CloudWatch: alarms and dashboards. */
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  ListTagsForResourceCommand,
  paginateDescribeAlarms,
  paginateListDashboards,
} from '@aws-sdk/client-cloudwatch';
import { TAG_MODEL } from '../names.ts';
import { dashboardName } from './dashboard.ts';
import { call, callOrMissing } from './errors.ts';
import type { Owned } from './owned.ts';

const ALARMS = 'perennial/';

export async function alarms(client: CloudWatchClient): Promise<Owned[]> {
  const listed = await call('DescribeAlarms', async () => {
    const found: { name: string; arn: string; at?: Date }[] = [];
    for await (const page of paginateDescribeAlarms({ client, pageSize: 100 }, { AlarmNamePrefix: ALARMS }))
      for (const {
        AlarmName: name = '',
        AlarmArn: arn = '',
        AlarmConfigurationUpdatedTimestamp: at,
      } of page.MetricAlarms ?? [])
        found.push({ name, arn, at });
    return found;
  });
  const found: Owned[] = [];
  for (const { name, arn, at } of listed)
    found.push({ kind: 'alarm', name, arn, model: await modelOfAlarm(client, arn), madeAt: at?.toISOString() });
  return found;
}

/** Dashboards take no tags: the name that we give to no other thing says whose one is. */
export const dashboards = (client: CloudWatchClient): Promise<Owned[]> =>
  call('ListDashboards', async () => {
    const found: Owned[] = [];
    const prefix = dashboardName('');
    for await (const page of paginateListDashboards({ client }, { DashboardNamePrefix: prefix }))
      for (const { DashboardName: name = '', LastModified: at } of page.DashboardEntries ?? [])
        found.push({ kind: 'dashboard', name, model: name.slice(prefix.length), madeAt: at?.toISOString() });
    return found;
  });

export async function deleteAlarm(client: CloudWatchClient, { name, model, arn = '' }: Owned): Promise<boolean> {
  if (model === undefined || (await modelOfAlarm(client, arn)) !== model) return false;
  const command = new DeleteAlarmsCommand({ AlarmNames: [name] });
  return (await callOrMissing(`DeleteAlarms ${name}`, () => client.send(command))) !== undefined;
}

export async function deleteDashboard(client: CloudWatchClient, { name, model }: Owned): Promise<boolean> {
  if (model === undefined || name !== dashboardName(model)) return false;
  const command = new DeleteDashboardsCommand({ DashboardNames: [name] });
  return (await callOrMissing(`DeleteDashboards ${name}`, () => client.send(command))) !== undefined;
}

async function modelOfAlarm(client: CloudWatchClient, arn: string): Promise<string | undefined> {
  const command = new ListTagsForResourceCommand({ ResourceARN: arn });
  const found = await callOrMissing(`ListTagsForResource ${arn}`, () => client.send(command));
  return found?.Tags?.find(({ Key }) => Key === TAG_MODEL)?.Value;
}
