/** How long an activity has been at it, by the clock of its first schedule, which retries keep; and how long it bears an absence. */
import { Context } from '@temporalio/activity';

/** What was made a moment ago may not be found everywhere yet; longer than this, and it is not there. */
export const APPEARS_WITHIN_MS = 120_000;

/** Milliseconds since this activity was first scheduled. */
export const watchedMs = (now = Date.now()): number => now - Context.current().info.scheduledTimestampMs;
