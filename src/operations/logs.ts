/** What a cycle's jobs and what serves say of themselves, as one stream in the order of time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { inTurns } from '../aws/in-turns.ts';
import { type LogStream, lastLines, linesAfter, streamsOf } from '../aws/log-lines.ts';
import { UserError } from '../errors.ts';
import { apiName } from '../names.ts';
import { type Archive, ledgerOf, reading } from './archive.ts';
import { type CycleEvent, cyclesOf } from './history.ts';
import { linesAfterPlace, linesBefore, placeBefore, placeText, readPlace } from './log-page.ts';
import { LOG_STAGES, type LogStage, placesOf } from './log-places.ts';
import { noCycle } from './report.ts';

const lineShape = z.object({
  at: z.string(),
  stage: z.enum(LOG_STAGES),
  job: z.string().describe('The training or transform job, the variant, or the Lambda function.'),
  message: z.string(),
});
export type ToldLine = z.infer<typeof lineShape>;

export const logsShape = z
  .object({
    model: z.string(),
    cycle: z.number(),
    running: z.boolean(),
    lines: z.array(lineShape).describe('The last ones, in the order of time.'),
    earlier: z
      .string()
      .optional()
      .describe('Give it as `before` to see what came before these; absent at the beginning.'),
  })
  .meta({ id: 'Logs' });
export type Logs = z.infer<typeof logsShape>;

export interface LogsAsked {
  readonly model: string;
  /** The last one when left out. */
  readonly cycle?: number;
  readonly stage?: LogStage;
  /** Lines at most. */
  readonly limit?: number;
  /** Only lines before this instant, or before the place that a page told as `earlier`. */
  readonly before?: string;
}

/** Streams are read so many at a time: CloudWatch Logs takes 25 reads a second for a whole account. */
const AT_ONCE = 5;

export async function logs(archive: Archive, asked: LogsAsked): Promise<Logs> {
  const { model, stage, limit = 500, before } = asked;
  const event = await cycleOf(archive, asked);
  const streams = await told(archive, model, event, stage);
  const place = before === undefined ? undefined : placeOf(before);
  // Of the place's own instant the last lines were shown, and the first ones were not.
  const [cut, shownOfIt] = place ? [Date.parse(place.at) + (place.lines > 0 ? 1 : 0), place.lines] : [undefined, 0];
  const pages = await inTurns(streams, AT_ONCE, async (stream) => {
    const from = stream.shared ? Date.parse(event.startedAt) : undefined;
    // Who asks for what serves wants to see it serve; beside the jobs, what it said in the time of the cycle.
    const apart = stream.shared && stage === undefined && event.outcome !== 'running';
    const end = apart ? Date.parse(event.at) : undefined;
    const to = Math.min(cut ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY);
    const window = { limit: limit + shownOfIt, ...(from && { from }), ...(Number.isFinite(to) && { to }) };
    return { stream, ...(await reading(() => lastLines(archive.clients.logs, stream, window))) };
  });
  const all = inTime(pages.flatMap((page) => page.lines.map((line) => asTold(page.stream, line))));
  const lines = place ? linesBefore(all, place) : all;
  const shown = lines.slice(-limit);
  const more = lines.length > limit || pages.some((page) => page.more);
  const running = event.outcome === 'running';
  const next = more ? placeBefore(shown, place) : undefined;
  return { model, cycle: event.cycle, running, lines: shown, ...(next && { earlier: placeText(next) }) };
}

export interface FollowAsked extends Omit<LogsAsked, 'before'> {
  readonly over: () => boolean;
  readonly signal: AbortSignal;
  readonly every?: number;
  /** The place up to which they were told already. */
  readonly after?: string;
}

/** Lines as they come, some at a time, until `over` says so and nothing more has come. The first ones are of the past. */
export async function* followLogs(archive: Archive, asked: FollowAsked): AsyncGenerator<ToldLine[], void> {
  const { model, stage, limit = 500, over, signal, every = 2_000, after } = asked;
  const event = await cycleOf(archive, asked);
  const tokens = new Map<string, string | undefined>();
  for (let quiet = 0, first = true; quiet < QUIET; first = false) {
    const ended = over();
    const streams = await told(archive, model, event, stage);
    const pages = await inTurns(streams, AT_ONCE, async (stream) => {
      const id = `${stream.group} ${stream.name}`;
      const from = stream.shared ? Date.parse(event.startedAt) : undefined;
      const page = await reading(() =>
        first
          ? lastLines(archive.clients.logs, stream, { limit, ...(from && { from }) })
          : linesAfter(archive.clients.logs, stream, tokens.get(id)),
      );
      tokens.set(id, page.token);
      return page.lines.map((line) => asTold(stream, line));
    });
    const come = inTime(pages.flat());
    const lines = first && after !== undefined ? linesAfterPlace(come, placeOf(after)) : come;
    if (lines.length > 0) yield lines;
    quiet = ended && lines.length === 0 ? quiet + 1 : 0;
    if (quiet < QUIET) await sleep(every, undefined, { signal });
  }
}

/** CloudWatch shows a line some seconds after it was written: so many looks must find none after the end. */
const QUIET = 2;

interface Told extends LogStream {
  readonly stage: LogStage;
  readonly job: string;
  /** Not of this cycle alone: only lines of its time count. */
  readonly shared: boolean;
}

function placeOf(text: string): NonNullable<ReturnType<typeof readPlace>> {
  const place = readPlace(text);
  if (place) return place;
  throw new UserError(`"${text}" is no place in a log`, 'give an instant, or what a page told as it is', 'wrong');
}

async function cycleOf(archive: Archive, { model, cycle }: LogsAsked): Promise<CycleEvent> {
  const cycles = cyclesOf(await ledgerOf(archive, model));
  const found = cycle === undefined ? cycles[0] : cycles.find((one) => one.cycle === cycle);
  if (!found) throw noCycle(model, cycle ?? 1, cycles.length);
  return found;
}

/** Where the lines of a cycle are; the log group of a kind of job is shared by the whole account. */
async function told({ clients }: Archive, model: string, event: CycleEvent, only?: LogStage): Promise<Told[]> {
  const from = Date.parse(event.startedAt);
  const wanted = placesOf(model, event, only).filter(({ stage }) => only === undefined || stage === only);
  const found = await inTurns(wanted, AT_ONCE, async ({ stage, group, prefix, shared }) => {
    const streams = await reading(() => streamsOf(clients.logs, { group, prefix, ...(shared && { from }) }));
    const job = (name: string) => (group.startsWith('/aws/lambda/') ? apiName(model) : name);
    return streams.map((stream) => ({ ...stream, stage, job: job(stream.name.split('/')[0] ?? ''), shared }));
  });
  return found.flat();
}

const asTold = ({ stage, job }: Told, { at, message }: { at: string; message: string }): ToldLine => ({
  ...{ at, stage, job, message },
});

/** The order of lines of one stream stays as it is, and of streams at one instant that of their names. */
const inTime = (lines: readonly ToldLine[]): ToldLine[] =>
  [...lines].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
