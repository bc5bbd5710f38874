/** The sha256 by which a model is named, computed again from model.tar.gz: container/artifact.py says of what. */
import { createHash } from 'node:crypto';
import { list } from 'tar';

/** Told about a model, and no part of it. */
const TOLD = ['sha256', 'importance'];
const DESCRIPTION = 'model.json';
const TRANSFORM = 'transform/';

/** undefined for an archive that is none of train.py's. */
export async function modelIdentity(archive: string): Promise<string | undefined> {
  const hashes = new Map<string, string>();
  const text: Buffer[] = [];
  await list({
    file: archive,
    onReadEntry(entry) {
      const name = entry.path.replace(/^\.\//, '');
      if (entry.type !== 'File' && entry.type !== 'OldFile') return entry.resume();
      const hash = createHash('sha256');
      entry.on('data', (data: Buffer) => {
        hash.update(data);
        if (name === DESCRIPTION) text.push(data);
      });
      entry.on('end', () => void hashes.set(name, hash.digest('hex')));
    },
  });
  const told = description(Buffer.concat(text).toString('utf8'));
  const model = told && hashes.get(told.file);
  if (!told || model === undefined) return undefined;
  const transform = [...hashes].flatMap(([name, hash]) =>
    name.startsWith(TRANSFORM) ? [[name.slice(TRANSFORM.length), JSON.stringify(hash)] as const] : [],
  );
  return sha256Of(
    written({
      description: written(told.parts),
      model: JSON.stringify(model),
      transform: written(Object.fromEntries(transform)),
    }),
  );
}

type Parts = Readonly<Record<string, string>>;

/** model.json as Python writes it without blanks, its keys in order and its numbers as they stand there: 1e-05 is not 0.00001. */
function description(text: string): { file: string; parts: Parts } | undefined {
  const numbers = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity)|NaN/g, (token) =>
    token.startsWith('"') ? token : JSON.stringify(`${NUMBER}${token}`),
  );
  let whole: unknown;
  try {
    whole = JSON.parse(numbers);
  } catch {
    return undefined;
  }
  if (typeof whole !== 'object' || whole === null) return undefined;
  const { file } = whole as { file?: unknown };
  if (typeof file !== 'string') return undefined;
  const own = Object.entries(whole).filter(([key]) => !TOLD.includes(key));
  return { file, parts: Object.fromEntries(own.map(([key, value]) => [key, compact(value)])) };
}

/** What no text of JSON can begin with before it was read. */
const NUMBER = '\u0000number ';

function compact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(compact).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return written(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, compact(inner)])));
  return typeof value === 'string' && value.startsWith(NUMBER) ? value.slice(NUMBER.length) : JSON.stringify(value);
}

const written = (parts: Parts): string =>
  `{${Object.entries(parts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `${JSON.stringify(key)}:${text}`)
    .join(',')}}`;

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
