/** Activities that have a heartbeat timeout beat by themselves: a dead worker is noticed, and a cancel gets through. */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const BEATS_A_TIMEOUT = 4;

export const heartbeat: ActivityInterceptorsFactory = (context: Context) => ({
  inbound: {
    async execute(input, next) {
      const { heartbeatTimeoutMs } = context.info;
      if (!heartbeatTimeoutMs) return next(input);
      const timer = setInterval(() => context.heartbeat(), heartbeatTimeoutMs / BEATS_A_TIMEOUT);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
