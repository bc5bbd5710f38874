/** Captured requests of one variant: found by the hours of their folders, read a few objects at a time. */
import type { Store, StoredObject } from '../aws/store.ts';
import { type CapturedRequest, readCapture } from '../data/capture.ts';
import { keys, variantName } from '../names.ts';

export interface Captured {
  objects: number;
  refused: number;
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
 * Objects whose hour may hold requests of [from, to]. A flush begins in one hour and may end in the next, so the hours
 * beside the span are looked into, too.
 */
export async function captureObjects(
  store: Pick<Store, 'list'>,
  { model, endpoint, version }: { model: string; endpoint: string; version: number },
  from: number,
  to: number,
): Promise<StoredObject[]> {
  const folder = `${keys.capture(model)}/${endpoint}/${variantName(version)}/`;
  const [first, last] = [hourOf(from - HOUR), hourOf(to + HOUR)];
  if ((last - first) / HOUR >= MOST_HOURS) {
    const [start, end] = [`${folder}${hourFolder(first)}`, `${folder}${hourFolder(last)}/~`];
    return (await store.list(folder)).filter(({ key }) => isLines(key) && key >= start && key <= end);
  }
  const found: StoredObject[] = [];
  for (let hour = first; hour <= last; hour += HOUR)
    found.push(...(await store.list(`${folder}${hourFolder(hour)}/`)).filter(({ key }) => isLines(key)));
  return found;
}

/** Gives every answered request to `take` once, in the objects' order; what is none is counted, never thrown. */
export async function readCaptures(
  store: Pick<Store, 'getText'>,
  objects: readonly StoredObject[],
  breathe: () => Promise<void>,
  take: (request: CapturedRequest) => void,
): Promise<Captured> {
  const captured: Captured = { objects: objects.length, refused: 0, repeated: 0, unreadable: 0, examples: [] };
  const seen = new Set<string>();
  for (let start = 0; start < objects.length; start += AT_ONCE) {
    const batch = objects.slice(start, start + AT_ONCE);
    const texts = await Promise.all(batch.map(({ uri }) => store.getText(uri)));
    for (const [index, text] of texts.entries())
      for (const [number, line] of text.split('\n').entries()) {
        await breathe();
        if (line.trim() === '') continue;
        const found = readCapture(line);
        if (!('why' in found)) {
          if (seen.has(found.id)) captured.repeated++;
          else take(found);
          seen.add(found.id);
        } else {
          captured[found.why]++;
          if (found.why === 'unreadable' && captured.examples.length < EXAMPLES)
            captured.examples.push(`${batch[index]?.uri} line ${number + 1}: ${found.problem}`);
        }
      }
  }
  return captured;
}

const hourOf = (instant: number): number => Math.floor(instant / HOUR) * HOUR;
const hourFolder = (hour: number): string => new Date(hour).toISOString().slice(0, 13).replace(/[-T]/g, '/');
const isLines = (key: string): boolean => key.endsWith('.jsonl');
