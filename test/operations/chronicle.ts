/** A ledger in a folder's store, as a model writes it: entries follow from one another, and what they name is there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerEntry } from '../../src/activities/types.ts';
import { append, hashOf, NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { keys } from '../../src/names.ts';
import type { Archive } from '../../src/operations/archive.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';
import { tinyFrozen } from '../support/plan.ts';
import { aModel } from './a-model.ts';

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
  /** Hour by hour from its begin to version `cycle`, which serves, with a report. */
  cycle(cycle: number): Promise<void>;
}

const METRICS = { auc: { value: 0.7, low: 0.6, high: 0.8 } };

export const instant = (hour: number): string => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

export async function chronicle(model = MODEL): Promise<Chronicle> {
  const store = await folderStore();
  await store.putText(keys.plan(model, PLAN), JSON.stringify(tinyFrozen({ model })));
  let last: LedgerEntry | undefined;
  const tell: Chronicle['tell'] = async (hour, event, facts = {}, by = 'ada', reason) => {
    const previous = last ? hashOf(last) : NO_PREVIOUS;
    const told = { seq: (last?.seq ?? 0) + 1, previous, at: instant(hour), event, by, facts };
    last = { ...told, ...(reason !== undefined && { reason }) };
    await append(store, model, last);
    return last;
  };
  const put = (cycle: number, file: string, text: string) => store.putText(keys.cycle(model, cycle, file), text);
  const evaluate = async (cycle: number) => {
    const source = await put(cycle, 'rows.parquet', `rows of cycle ${cycle}`);
    const files = ['in', 'labels', 'out'].map((file) => put(cycle, file, file));
    const [inputs, labels, answers] = await Promise.all(files);
    const data = { inputs, labels, challenger: [answers], sources: [{ source: 'rows', data: source, rows: 10 }] };
    const told = {
      asOf: instant(0),
      challenger: { name: `cycle ${cycle}`, metrics: METRICS },
      rows: 10,
      gates: [],
      data,
    };
    await put(cycle, 'evaluation.html', `<!doctype html><title>Evaluation of cycle ${cycle}</title>`);
    return put(cycle, 'evaluation.json', JSON.stringify(told));
  };
  const artifact = async (cycle: number) => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-model-'));
    const { path, sha256 } = await aModel(folder, { model: `model of cycle ${cycle}` });
    const { uri } = await store.putFile(keys.cycle(model, cycle, 'model.tar.gz'), path);
    await rm(folder, { recursive: true });
    return { uri, sha256 };
  };
  const serve: Chronicle['serve'] = async (hour, version, cycle) => {
    const evaluation = await evaluate(cycle);
    const trained = await artifact(cycle);
    const kept = {
      metrics: {},
      version: {
        ...{
          version,
          cycle,
          planHash: PLAN,
          algorithm: 'xgboost',
          artifact: trained.uri,
          packageArn: `arn:${version}`,
        },
        ...{ facts: { sha256: trained.sha256, target: { problem: 'binary' } }, evaluation },
        ...{ baseline: await put(cycle, 'baseline', 'b'), predictions: await put(cycle, 'predictions', 'p') },
      },
    };
    return tell(hour, 'serving', { version, kept }, 'ada', `version ${version} serves`);
  };
  return {
    store,
    archive: { store, clients: undefined as never, close: () => {} },
    tell,
    async cycle(cycle) {
      const begun = { cycle, trigger: 'person', asOf: instant(0) } as const;
      await tell(cycle * 3, 'cycle started', { ...begun, planHash: PLAN });
      await serve(cycle * 3 + 1, cycle, cycle);
      const { sha256, uri } = await evaluate(cycle);
      const evaluation = { sha256, report: uri.replace(/json$/, 'html') };
      const ended = {
        outcome: 'deployed',
        version: cycle,
        startedAt: instant(cycle * 3),
        metrics: METRICS,
        evaluation,
      };
      await tell(cycle * 3 + 2, 'cycle ended', { ...begun, ...ended });
    },
    serve,
  };
}
