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
      text: (await failed(client, one)) ?? (await beat(client, one)) ?? queued(one) ?? '',
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

/** Temporal's PendingActivityState. */
const SCHEDULED = 1;
/** A shorter wait is the way of the task to its worker. */
const QUEUED_MS = 2_000;

/** Of an activity that no worker had a slot for yet. */
function queued({ activityType, state, scheduledTime, lastStartedTime }: Told): string | undefined {
  if (state !== SCHEDULED || lastStartedTime) return undefined;
  if (Date.now() - Number(scheduledTime?.seconds ?? 0) * 1_000 < QUEUED_MS) return undefined;
  return `${activityType?.name} waits for a free slot of a worker`;
}

async function decoded(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  if (!payload) return undefined;
  let payloads = [payload];
  for (const codec of client.options.loadedDataConverter.payloadCodecs) payloads = await codec.decode(payloads);
  return payloads[0] && defaultPayloadConverter.fromPayload(payloads[0]);
}
