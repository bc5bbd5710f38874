/** Replays histories on the workflows at hand, as a worker of this build would: which runs could not go on? */
import { IllegalStateError } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { dataConverter } from '../codec/converter.ts';
import { readCodecKeys } from '../codec/keys.ts';
import { readClientConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { workflowCode } from './workflow-code.ts';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];
type Recorded = Histories extends AsyncIterable<infer H> | Iterable<unknown> ? H : never;

/** A run with its history. */
export interface RecordedRun extends Recorded {
  readonly type: string;
  readonly runId: string;
  readonly open: boolean;
}

export interface BrokenRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly open: boolean;
  /** The event of its history that the code does not match; unknown when left out. */
  readonly event?: number;
  readonly problem: string;
}

export interface Replayed {
  readonly replayed: number;
  readonly broken: readonly BrokenRun[];
}

/** `bundle` is the path of a bundle made beforehand; without it the sources are bundled. */
export async function replay(runs: AsyncIterable<RecordedRun>, bundle?: string): Promise<Replayed> {
  let run: RecordedRun | undefined;
  // One after another: what is told is of the last that was taken. Its own run id may be that of the run before a reset.
  async function* noted() {
    for await (run of runs) yield run;
  }
  const code = workflowCode(bundle === undefined ? undefined : { codePath: bundle });
  const converter = { dataConverter: dataConverter(readCodecKeys(readClientConfig().codecKeysFile)) };
  const broken: BrokenRun[] = [];
  let replayed = 0;
  try {
    for await (const { error } of Worker.runReplayHistories({ ...code, ...converter, replayName: 'check' }, noted())) {
      replayed += 1;
      if (!error || !run) continue;
      const { workflowId, runId, type, open } = run;
      broken.push({ workflowId, runId, type, open, event: eventOf(error.message, run), problem: said(error.message) });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UserError(`there is no bundle ${bundle}`, 'make one: npx tsx scripts/bundle-workflows.ts <file>');
  }
  return { replayed, broken };
}

/** For a program that only replays: the core tells nothing beside the results. */
export function quietly(): void {
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} };
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging } });
  } catch (error) {
    // A program that runs workers, too, has its own.
    if (!(error instanceof IllegalStateError)) throw error;
  }
}

/**
 * The core names the event by its id (`… HistoryEvent(id: 107, StartChildWorkflowExecutionInitiated)`), or an activity by its
 * type, which tells the event when it is the only one of its type.
 */
function eventOf(message: string, { history }: RecordedRun): number | undefined {
  const [, id] = /HistoryEvent\(id: (\d+)/.exec(message) ?? [];
  if (id !== undefined) return Number(id);
  const [, type] = /scheduled event '([^']+)'/.exec(message) ?? [];
  const { events } = history as History;
  const such = events?.filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type) ?? [];
  return such.length === 1 ? Number(such[0]?.eventId) : undefined;
}

/** What lies between the core's number of the problem and what it says of itself. */
const said = (message: string): string => /\[TMPRL\d+\] (.*?)(?:", source: |$)/s.exec(message)?.[1] ?? message;
