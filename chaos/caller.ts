/** Somebody who predicts all the time, one request after the other, and never asks twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { requests } from './small-model.ts';

export interface Lost {
  /** When it was sent, and when it was known to be lost. */
  readonly at: number;
  readonly until: number;
  readonly why: string;
}

export interface Caller {
  readonly answered: () => number;
  readonly lost: readonly Lost[];
  stop(): Promise<void>;
}

const PAUSE_MS = 100;

/** `runtime` must not try again by itself, or a lost request would go unseen. */
export function startCaller(runtime: SageMakerRuntimeClient, endpoint: string): Caller {
  const lost: Lost[] = [];
  let answered = 0;
  let stopping = false;
  const next = requests();

  async function call(): Promise<void> {
    const at = Date.now();
    try {
      const Body = JSON.stringify({ instances: [next()] });
      const asked = { EndpointName: endpoint, ContentType: 'application/json', Body };
      const answer = await runtime.send(new InvokeEndpointCommand(asked));
      const text = answer.Body?.transformToString() ?? '{}';
      const { predictions } = JSON.parse(text);
      if (predictions?.length !== 1) throw new Error(`one prediction was expected of ${text}`);
      answered += 1;
    } catch (error) {
      lost.push({ at, until: Date.now(), why: `${(error as Error).name}: ${(error as Error).message}` });
    }
  }

  const running = (async () => {
    while (!stopping) {
      await call();
      await sleep(PAUSE_MS);
    }
  })();
  return {
    answered: () => answered,
    lost,
    stop: () => {
      stopping = true;
      return running;
    },
  };
}
