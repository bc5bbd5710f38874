/** A ledger in a folder's store, as a model writes it: entries follow from one another, and what they name is there. */
import type { LedgerEntry } from '../../src/activities/types.ts';
import { append, hashOf, NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { keys } from '../../src/names.ts';
import type { Archive } from '../../src/operations/archive.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';
import { tinyFrozen } from '../support/plan.ts';

export const MODEL = 'tiny';
export const { hash: PLAN } = tinyFrozen();

export interface Chronicle {
  readonly store: FolderStore;
  readonly archive: Archive;
  /** At the given hour of January 1, 2026. */
  tell(
    hour: number,
    event: string,
    facts?: Record<string, unknown>,
    by?: string,
    reason?: string,
  ): Promise<LedgerEntry>;
  /** Evaluates version `version` of cycle `cycle` and says that it serves. */
  serve(hour: number, version: number, cycle: number): Promise<LedgerEntry>;
}

export const instant = (hour: number): string => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

export async function chronicle(): Promise<Chronicle> {
  const store = await folderStore();
  await store.putText(keys.plan(MODEL, PLAN), JSON.stringify(tinyFrozen()));
  let last: LedgerEntry | undefined;
  const tell: Chronicle['tell'] = async (hour, event, facts = {}, by = 'ada', reason) => {
    const previous = last ? hashOf(last) : NO_PREVIOUS;
    const told = { seq: (last?.seq ?? 0) + 1, previous, at: instant(hour), event, by, facts };
    last = { ...told, ...(reason !== undefined && { reason }) };
    await append(store, MODEL, last);
    return last;
  };
  return {
    store,
    archive: { store, clients: undefined as never, close: () => {} },
    tell,
    async serve(hour, version, cycle) {
      const put = (file: string, text: string) => store.putText(keys.cycle(MODEL, cycle, file), text);
      const source = await put('rows.parquet', `rows of cycle ${cycle}`);
      const [inputs, labels, answers] = [await put('in', 'in'), await put('labels', 'labels'), await put('out', 'out')];
      const sources = [{ source: 'rows', data: source, rows: 10 }];
      const data = { inputs, labels, challenger: [answers], sources };
      const evaluation = await put('evaluation.json', JSON.stringify({ asOf: instant(0), data }));
      const artifact = await put('model.tar.gz', `model of cycle ${cycle}`);
      const kept = {
        metrics: {},
        version: {
          ...{
            version,
            cycle,
            planHash: PLAN,
            algorithm: 'xgboost',
            artifact: artifact.uri,
            packageArn: `arn:${version}`,
          },
          ...{ facts: { sha256: 'a'.repeat(64), target: { problem: 'binary' } }, evaluation },
          ...{ baseline: await put('baseline', 'b'), predictions: await put('predictions', 'p') },
        },
      };
      return tell(hour, 'serving', { version, kept }, 'ada', `version ${version} serves`);
    },
  };
}
