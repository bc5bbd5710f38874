/** Captured requests of one variant: found by the hours of their folders, read a few objects at a time. */
import type { Store, StoredObject } from '../aws/store.ts';
import { type CapturedRequest, type RefusedRequest, readCapture } from '../data/capture.ts';
import { inWindow, LATE } from '../data/seconds.ts';
import { hourFolder, keys, variantName } from '../names.ts';
import type { Target } from './types.ts';

export interface Captured {
  objects: number;
  refused: number;
  /** Requests of our own: smoke tests, and those that are asked again of another version. */
  own: number;
  /** Requests seen before: a caller that asked again under the same inference id after its connection broke. */
  repeated: number;
  unreadable: number;
  /** The first unreadable lines: where, and what is wrong. */
  readonly examples: string[];
}

const HOUR = 3_600_000;
/** A longer span is listed as a whole: a call lists a thousand objects, or one hour. */
const MOST_HOURS = 48;
const AT_ONCE = 8;
const EXAMPLES = 5;

/**
 * Objects that may hold requests of [from, to], in the order in which they came into S3. What came after `to` is left to
 * the next pass. Their folders say when the requests were made, and SageMaker may take its time to deliver them: the
 * folders before `from` are looked into, too.
 */
export async function captureObjects(
  store: Pick<Store, 'list'>,
  {
    model,
    endpoint,
    version,
    variant = variantName(version),
  }: { model: string; endpoint: string; version: number; variant?: string },
  from: number,
  to: number,
): Promise<StoredObject[]> {
  const folder = `${keys.capture(model)}/${endpoint}/${variant}/`;
  const [first, last] = [hourOf(from - LATE), hourOf(to)];
  const listed: StoredObject[] = [];
  if ((last - first) / HOUR >= MOST_HOURS) {
    const [start, end] = [`${folder}${hourFolder(first)}`, `${folder}${hourFolder(last)}/~`];
    listed.push(...(await store.list(folder)).filter(({ key }) => key >= start && key <= end));
  } else {
    for (let hour = first; hour <= last; hour += HOUR)
      listed.push(...(await store.list(`${folder}${hourFolder(hour)}/`)));
  }
  const [beginning, end] = [new Date(0).toISOString(), new Date(to).toISOString()];
  return listed
    .filter(({ key, modified }) => key.endsWith('.jsonl') && inWindow(modified.getTime(), beginning, end))
    .sort((a, b) => a.modified.getTime() - b.modified.getTime() || (a.key < b.key ? -1 : 1));
}

/**
 * Gives every answered request of a caller to `take` once, and every refused one to `refuse`, with the object that delivered it, in
 * the order in which they came into S3; what is none is counted, never thrown.
 */
export async function readCaptures(
  store: Pick<Store, 'getText'>,
  { objects, target }: { objects: readonly StoredObject[]; target: Target },
  breathe: () => Promise<void>,
  take: (request: CapturedRequest, object: StoredObject) => void,
  refuse: (request: RefusedRequest, object: StoredObject) => void = () => {},
): Promise<Captured> {
  const captured: Captured = { objects: objects.length, refused: 0, own: 0, repeated: 0, unreadable: 0, examples: [] };
  const seen = new Set<string>();
  const refused = new Set<string>();
  for (let start = 0; start < objects.length; start += AT_ONCE) {
    const batch = objects.slice(start, start + AT_ONCE);
    const texts = await Promise.all(batch.map(({ uri }) => store.getText(uri)));
    for (const [index, text] of texts.entries())
      for (const [number, line] of text.split('\n').entries()) {
        await breathe();
        if (line.trim() === '') continue;
        const found = readCapture(line, target);
        if (!('why' in found)) {
          if (seen.has(found.id)) captured.repeated++;
          else take(found, batch[index] as StoredObject);
          seen.add(found.id);
        } else if (found.why === 'refused') {
          if (refused.has(found.id)) continue;
          refused.add(found.id);
          captured.refused++;
          refuse(found, batch[index] as StoredObject);
        } else if (found.why === 'own') captured.own++;
        else {
          captured.unreadable++;
          if (captured.examples.length < EXAMPLES)
            captured.examples.push(`${batch[index]?.uri} line ${number + 1}: ${found.problem}`);
        }
      }
  }
  return captured;
}

const hourOf = (instant: number): number => Math.floor(instant / HOUR) * HOUR;
