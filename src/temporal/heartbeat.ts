/** Activities that have a heartbeat timeout beat by themselves: a dead worker is noticed, and a cancel gets through. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const BEATS_A_TIMEOUT = 4;

export const heartbeat: ActivityInterceptorsFactory = (context: Context) => ({
  inbound: {
    async execute(input, next) {
      const { heartbeatTimeoutMs } = context.info;
      if (!heartbeatTimeoutMs) return next(input);
      // A beat replaces what the one before told, so what the activity tells by its own beats is repeated.
      let told: unknown;
      const beat = context.heartbeat.bind(context);
      const remember = (details?: unknown): void => {
        told = details;
        beat(details);
      };
      Object.defineProperty(context, 'heartbeat', { value: remember });
      const timer = setInterval(() => beat(told), heartbeatTimeoutMs / BEATS_A_TIMEOUT);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
