/** How long a watch has been looking: the clock of its first schedule, which retries keep. */
import { Context } from '@temporalio/activity';

/** Milliseconds since this activity was first scheduled. */
export const watchedMs = (now = Date.now()): number => now - Context.current().info.scheduledTimestampMs;
