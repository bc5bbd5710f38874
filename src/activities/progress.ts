/** Heartbeats that tell what an activity is doing, and its cancellation as a signal. */
import { Context } from '@temporalio/activity';

export interface Progress {
  /** What is being done now, as a person reads it in the Web UI. */
  say(text: string): void;
  /** Aborts when the activity is cancelled, timed out or its worker shuts down. */
  readonly signal: AbortSignal;
}

const EVERY_MS = 5_000;

/** Runs `work` with a heartbeat every five seconds; a cancelled activity is told by the next one. */
export async function reporting<T>(first: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  const context = Context.current();
  let latest = first;
  const beat = () => context.heartbeat(latest);
  const say = (text: string) => {
    latest = text;
    beat();
  };
  beat();
  const timer = setInterval(beat, EVERY_MS);
  try {
    return await work({ say, signal: context.cancellationSignal });
  } finally {
    clearInterval(timer);
  }
}
