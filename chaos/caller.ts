/** Somebody who predicts all the time, one request after the other, and never asks twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeEndpointCommand, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { REQUEST } from './small-model.ts';

export interface Lost {
  readonly at: number;
  readonly why: string;
}

export interface Caller {
  readonly answered: () => number;
  readonly lost: readonly Lost[];
  stop(): Promise<void>;
}

const PAUSE_MS = 100;
const BODY = JSON.stringify({ instances: [REQUEST] });

/** `runtime` must not try again by itself, or a lost request would go unseen. */
export function startCaller(runtime: SageMakerRuntimeClient, endpoint: string): Caller {
  const lost: Lost[] = [];
  let answered = 0;
  let stopping = false;

  async function call(): Promise<void> {
    const at = Date.now();
    try {
      const asked = { EndpointName: endpoint, ContentType: 'application/json', Body: BODY };
      const { Body } = await runtime.send(new InvokeEndpointCommand(asked));
      const { predictions } = JSON.parse(Body?.transformToString() ?? '{}');
      if (predictions?.length !== 1) throw new Error(`one prediction was expected of ${Body?.transformToString()}`);
      answered += 1;
    } catch (error) {
      lost.push({ at, why: `${(error as Error).name}: ${(error as Error).message}` });
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
