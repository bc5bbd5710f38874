/** Scalable targets of endpoints. They carry no tags: they are whose the endpoint is that they scale. */
import { paginateDescribeScalableTargets } from '@aws-sdk/client-application-auto-scaling';
import { TAG_MODEL } from '../names.ts';
import type { Clients } from './clients.ts';
import { describeEndpoint } from './endpoints.ts';
import { call } from './errors.ts';
import type { Owned } from './owned.ts';
import { deregister, SCALES } from './scaling.ts';
import { tagsOf } from './tags.ts';

export async function targets(clients: Clients): Promise<Owned[]> {
  const names = await call('DescribeScalableTargets', async () => {
    const found: string[] = [];
    for await (const page of paginateDescribeScalableTargets({ client: clients.autoScaling }, SCALES))
      found.push(...(page.ScalableTargets ?? []).flatMap(({ ResourceId }) => ResourceId ?? []));
    return found;
  });
  const found: Owned[] = [];
  for (const name of names) found.push({ kind: 'scaling target', name, model: await modelOf(clients, name) });
  return found;
}

/** Its policies and their alarms go with it. */
export async function deleteTarget(clients: Clients, { name, model }: Owned): Promise<boolean> {
  if (model === undefined || (await modelOf(clients, name)) !== model) return false;
  return (await deregister(clients.autoScaling, name)) !== undefined;
}

/** `endpoint/<endpoint>/variant/<variant>` */
const endpointOf = (name: string): string => name.split('/')[1] ?? '';

async function modelOf({ sagemaker }: Clients, name: string): Promise<string | undefined> {
  const endpoint = await describeEndpoint(sagemaker, endpointOf(name));
  return endpoint?.EndpointArn ? (await tagsOf(sagemaker, endpoint.EndpointArn))[TAG_MODEL] : undefined;
}
