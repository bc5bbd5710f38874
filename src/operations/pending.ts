/** What activities that have not ended last told. It comes raw from the server: encrypted, where there are keys. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { PendingActivity } from './types.ts';

type Raw = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw'];
type Told = NonNullable<Raw['pendingActivities']>[number];

export const pendingActivities = (client: Client, raw: Raw | undefined): Promise<PendingActivity[]> =>
  Promise.all(
    (raw?.pendingActivities ?? []).map(async (one) => ({
      activity: one.activityType?.name ?? '',
      attempt: one.attempt ?? 1,
      text: (await failed(client, one)) ?? (await beat(client, one)) ?? '',
    })),
  );

/** Why the last attempt failed, or the progress that it told by failing. */
async function failed(client: Client, { lastFailure }: Told): Promise<string | undefined> {
  const said = (await decoded(client, lastFailure?.encodedAttributes)) as { message?: unknown } | undefined;
  return typeof said?.message === 'string' ? said.message : (lastFailure?.message ?? undefined);
}

/** A text that it sent with its heartbeat. */
async function beat(client: Client, { heartbeatDetails }: Told): Promise<string | undefined> {
  const told = await decoded(client, heartbeatDetails?.payloads?.[0]);
  return typeof told === 'string' ? told : undefined;
}

async function decoded(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  if (!payload) return undefined;
  let payloads = [payload];
  for (const codec of client.options.loadedDataConverter.payloadCodecs) payloads = await codec.decode(payloads);
  return payloads[0] && defaultPayloadConverter.fromPayload(payloads[0]);
}
