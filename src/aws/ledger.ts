/**
 * The ledger of a model: one immutable object an entry, each naming the sha256 of the one before. An object's bytes are
 * the canonical JSON of its entry, so `sha256sum` of the object is the hash that the next entry names.
 */
import type { LedgerEntry } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { sha256OfText } from './content.ts';
import { inTurns } from './in-turns.ts';
import type { Store } from './store.ts';

/** What the first entry names as the one before it. */
export const NO_PREVIOUS = '0'.repeat(64);

const AT_ONCE = 20;

/** JSON with the keys of every object in order and nothing else that could differ: equal values give equal text. */
export const canonical = (value: unknown): string => JSON.stringify(ordered(value));

export const hashOf = (entry: LedgerEntry): string => sha256OfText(canonical(entry));

/**
 * Writes an entry where nothing is yet; the same entry again changes nothing. Gives its hash. Permanent `NameTaken` when
 * another entry is there, `InvalidRequest` when it does not follow from the one before.
 */
export async function append(store: Store, model: string, entry: LedgerEntry): Promise<string> {
  await follows(store, model, entry);
  const text = canonical(entry);
  const key = keys.ledger(model, entry.seq);
  const written = await store.putTextOnce(key, text, 'application/json');
  if (!written && (await store.getText(store.uri(key))) !== text)
    throw permanent(
      'NameTaken',
      `ledger of ${model}, entry ${entry.seq}: another entry is there already (${store.uri(key)}); ` +
        'the ledger is never rewritten: look which of the two happened, and record the other one after it',
    );
  return sha256OfText(text);
}

/** All entries in order. */
export async function readLedger(store: Pick<Store, 'list' | 'getText'>, model: string): Promise<LedgerEntry[]> {
  const objects = await store.list(`${keys.model(model)}/ledger/`);
  const entries = await inTurns(
    objects,
    AT_ONCE,
    async ({ uri }) => JSON.parse(await store.getText(uri)) as LedgerEntry,
  );
  return entries.sort((a, b) => a.seq - b.seq);
}

/** What is wrong with a ledger, a line a finding; nothing when every entry follows from the one before. Pure. */
export function verifyLedger(entries: readonly LedgerEntry[]): string[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1];
    const wrong: string[] = [];
    if (before && entry.seq !== before.seq + 1) wrong.push(`entry ${entry.seq}: it comes after entry ${before.seq}`);
    const expected = before ? hashOf(before) : NO_PREVIOUS;
    if (entry.previous !== expected)
      wrong.push(`entry ${entry.seq}: it names ${entry.previous} as the one before, whose hash is ${expected}`);
    return wrong;
  });
}

async function follows(store: Store, model: string, entry: LedgerEntry): Promise<void> {
  if (entry.previous === NO_PREVIOUS) return;
  const uri = store.uri(keys.ledger(model, entry.seq - 1));
  const place = `ledger of ${model}, entry ${entry.seq}`;
  if (!(await store.head(uri))) throw permanent('InvalidRequest', `${place}: the one before it is not there (${uri})`);
  const found = sha256OfText(await store.getText(uri));
  if (found !== entry.previous)
    throw permanent(
      'InvalidRequest',
      `${place}: it names ${entry.previous} as the one before, and ${uri} has the sha256 ${found}; somebody changed it`,
    );
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, inner]) => [key, ordered(inner)]));
}
