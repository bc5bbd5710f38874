/** Asks the prediction API as its users would, and keeps count of every answer. */
import { setTimeout } from 'node:timers/promises';
import type { Flight } from './flights.ts';

export interface Api {
  readonly url: string;
  readonly key: string;
}

/** What was predicted, under the id that the outcome will name. */
export interface Predicted {
  readonly id: string;
  readonly late: boolean;
}

export interface Answers {
  readonly requests: number;
  readonly failed: readonly string[];
  readonly predicted: readonly Predicted[];
  /** Model version → requests that it answered. */
  readonly versions: ReadonlyMap<number, number>;
}

interface Answer {
  readonly predictions: readonly { readonly id: string; readonly probability: number }[];
  readonly modelVersion: number;
}

const TIMEOUT_MS = 30_000;

/** Sends flights in requests of `batch`, a few at a time. An answer that is not 200 is counted, never retried. */
export async function replay(
  api: Api,
  flights: readonly Flight[],
  { batch, parallel, onProgress }: { batch: number; parallel: number; onProgress?: (sent: number) => unknown },
): Promise<Answers> {
  const batches = Array.from({ length: Math.ceil(flights.length / batch) }, (_, i) =>
    flights.slice(i * batch, (i + 1) * batch),
  );
  const failed: string[] = [];
  const predicted: Predicted[] = [];
  const versions = new Map<number, number>();
  let sent = 0;
  const sender = async () => {
    for (let next = batches.shift(); next; next = batches.shift()) {
      const answer = await ask(api, next);
      sent += next.length;
      onProgress?.(sent);
      if (typeof answer === 'string') {
        failed.push(answer);
        continue;
      }
      versions.set(answer.modelVersion, (versions.get(answer.modelVersion) ?? 0) + 1);
      predicted.push(...next.map(({ late }, i) => ({ id: answer.predictions[i]?.id ?? '', late })));
    }
  };
  const requests = batches.length;
  await Promise.all(Array.from({ length: parallel }, sender));
  return { requests, failed, predicted, versions };
}

/** One request: its answer, or what went wrong in a line. */
async function ask(api: Api, flights: readonly Flight[]): Promise<Answer | string> {
  try {
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': api.key },
      body: JSON.stringify({ instances: flights.map(({ request }) => request) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) return `${response.status} ${(await response.text()).slice(0, 200)}`;
    const answer = (await response.json()) as Answer;
    return answer.predictions.length === flights.length ? answer : 'fewer predictions than flights';
  } catch (error) {
    return (error as Error).message;
  }
}

/** Asks one small request after another from `start` to `stop`: what shows whether a rollout fails any of them. */
export function keepAsking(api: Api, flights: readonly Flight[], pauseMs: number) {
  const failed: string[] = [];
  const versions = new Map<number, number>();
  const over = new AbortController();
  let requests = 0;
  let running: Promise<void> | undefined;
  const loop = async () => {
    while (!over.signal.aborted) {
      const at = (requests * 5) % Math.max(1, flights.length - 5);
      const answer = await ask(api, flights.slice(at, at + 5));
      requests += 1;
      if (typeof answer === 'string') failed.push(answer);
      else versions.set(answer.modelVersion, (versions.get(answer.modelVersion) ?? 0) + 1);
      await pause(pauseMs, over.signal);
    }
  };
  return {
    start: () => {
      running ??= loop();
    },
    stop: async (): Promise<Answers> => {
      over.abort();
      await running;
      return { requests, failed, predicted: [], versions };
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal }).catch(() => {});
