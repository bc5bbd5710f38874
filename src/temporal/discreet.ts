/** What an activity fails with goes to histories, logs and people: secrets that a message repeats are taken out on the way. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { redact } from '../redact.ts';

export const discreet: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        for (let one = error; one instanceof Error; one = one.cause) hush(one);
        throw error;
      }
    },
  },
});

function hush(error: Error): void {
  const message = redact(error.message);
  if (message === error.message) return;
  error.message = message;
  error.stack = redact(error.stack ?? '');
}
