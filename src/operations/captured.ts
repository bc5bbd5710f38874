/** One prediction among what SageMaker captured, by its id, and what came true of it. */
import type { Target, Version } from '../activities/types.ts';
import type { StoredObject } from '../aws/store-reader.ts';
import { readCapture, sideContent } from '../data/capture.ts';
import { readOutcome } from '../data/ground-truth.ts';
import { parseJson } from '../data/predictions.ts';
import { UserError } from '../errors.ts';
import { keys } from '../names.ts';
import { type Archive, reading } from './archive.ts';
import { capturesBack } from './capture-hours.ts';

export interface Captured {
  readonly id: string;
  readonly at: string;
  readonly version: Version;
  readonly uri: string;
  readonly instance: Readonly<Record<string, unknown>>;
  readonly prediction: Readonly<Record<string, unknown>>;
}

/** Objects that are read at most; an object holds the requests of some seconds or minutes. */
const MOST_OBJECTS = 2_000;
const AT_ONCE = 16;

/** Looks from the newest capture back, or around an instant. Throws `UserError` when there is none of that id. */
export async function findCaptured(
  { store }: Archive,
  { model, id, at, versions }: { model: string; id: string; at?: string; versions: readonly Version[] },
): Promise<Captured> {
  const [, request = '', row = '0'] = /^(.+?)(?:\/(\d+))?$/.exec(id) ?? [];
  const around = at === undefined ? undefined : Date.parse(at);
  const objects = capturesBack(store, model, around);
  let [found, looked]: [Awaited<ReturnType<typeof firstWith>>, number] = [undefined, 0];
  while (!found && looked < MOST_OBJECTS) {
    const batch = await reading(() => some(objects, AT_ONCE));
    if (batch.length === 0) break;
    looked += batch.length;
    found = await firstWith(store, batch, request);
  }
  if (!found) throw notThere(model, id, looked, at);
  const version = versionOf(found.object.key, versions);
  if (!version)
    throw new UserError(
      `${id} was answered by a version that the ledger does not know`,
      `"perennial audit ${model}" tells which it knows`,
    );
  const read = readCapture(found.line, version.facts.target);
  if ('why' in read)
    throw new UserError(`${id}: ${read.problem}`, 'only a request that was answered can be explained', 'wrong');
  const instance = read.instances[Number(row)];
  const prediction = predictionsOf(found.line)[Number(row)];
  if (!instance || !prediction)
    throw new UserError(
      `the request ${request} has ${read.instances.length} rows, counted from 0`,
      `as ${request}/0`,
      'missing',
    );
  const asked = { id: `${request}/${row}`, at: new Date(read.at).toISOString() };
  return { ...asked, version, uri: found.object.uri, instance, prediction };
}

/** Of the outcomes that came since, the last one; each may come again. */
export async function findOutcome(
  { store }: Archive,
  { model, captured, target }: { model: string; captured: Captured; target: Target },
): Promise<{ value: boolean | number | string; uri: string } | undefined> {
  const since = Date.parse(captured.at);
  const listed = await reading(() => store.list(`${keys.groundTruth(model)}/`));
  const wanted = listed
    .filter(({ key, modified }) => key.endsWith('.jsonl') && modified.getTime() >= since)
    .sort((a, b) => b.modified.getTime() - a.modified.getTime());
  const [request = ''] = captured.id.split('/');
  const found = await firstWith(store, wanted.slice(0, MOST_OBJECTS), captured.id, request);
  const outcome = found && readOutcome(found.line, target);
  if (!found || !outcome || 'problem' in outcome) return undefined;
  const value = target.problem === 'binary' ? outcome.label === 1 : outcome.label;
  return { value: target.classes?.[outcome.label] ?? value, uri: found.object.uri };
}

/** The first line, in the order of the objects, that has one of the texts in it as a whole value. */
async function firstWith(store: Archive['store'], objects: readonly StoredObject[], ...texts: readonly string[]) {
  const quoted = texts.map((text) => JSON.stringify(text));
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    const batch = objects.slice(at, at + AT_ONCE);
    const contents = await reading(() => Promise.all(batch.map(({ uri }) => store.getText(uri))));
    for (const [index, content] of contents.entries()) {
      const line = content.split('\n').findLast((one) => quoted.some((text) => one.includes(text)));
      const object = batch[index];
      if (line !== undefined && object) return { line, object };
    }
  }
  return undefined;
}

async function some<T>(source: AsyncGenerator<T>, most: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < most) {
    const { value, done } = await source.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** `models/<model>/capture/<endpoint>/v<version>/…` */
function versionOf(key: string, versions: readonly Version[]): Version | undefined {
  const number = Number(/\/v(\d+)\//.exec(key)?.[1]);
  return versions.findLast(({ version }) => version === number);
}

/** As it was answered, word for word. */
function predictionsOf(line: string): readonly Readonly<Record<string, unknown>>[] {
  const { captureData } = parseJson(line) as {
    captureData?: { endpointOutput?: { data?: unknown; encoding?: unknown } };
  };
  const answer = sideContent(captureData?.endpointOutput);
  return (answer as { predictions?: Readonly<Record<string, unknown>>[] } | undefined)?.predictions ?? [];
}

function notThere(model: string, id: string, looked: number, at: string | undefined): UserError {
  const kept = 'SageMaker delivers captures within minutes, and deploy.capture is the share of requests that is kept';
  const when = at === undefined ? '' : ` around ${at}`;
  if (looked === 0) return new UserError(`nothing that ${model} answered${when} was captured`, kept, 'missing');
  const mend = looked < MOST_OBJECTS ? kept : 'say about when it was asked: --at <instant>';
  const found = `there is no prediction "${id}" in the ${looked} captures${when} that were looked at`;
  return new UserError(found, mend, 'missing');
}
