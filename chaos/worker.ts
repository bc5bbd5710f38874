/** The worker of a chaos run: Perennial's own, which tells its parent where it is, and goes on when the parent answers. */
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { readConfig } from '../src/config.ts';
import { runWorker } from '../src/worker.ts';
import type { Point } from './points.ts';

const waiting = new Map<number, () => void>();
let asked = 0;

process.on('message', ({ goOn }: { goOn: number }) => {
  waiting.get(goOn)?.();
  waiting.delete(goOn);
});

function tell(point: Point): Promise<void> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    process.send?.({ id, point });
  });
}

const reporter: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const at = info.activityType;
      await tell({ at, phase: 'before' });
      try {
        const result = await next(input);
        await tell({ at, phase: 'after' });
        return result;
      } catch (error) {
        if (error instanceof ApplicationFailure && error.type === 'NotYet') await tell({ at, phase: 'waiting' });
        throw error;
      }
    },
  },
});

await runWorker(readConfig(), { interceptors: [reporter] });
// The way to the parent would keep it alive.
process.disconnect?.();
