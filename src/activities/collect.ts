/** Collect: every source becomes an immutable snapshot, and the snapshots are held against what is expected of them. */
import { contentOfFile, sha256OfText } from '../aws/content.ts';
import { allowedFile, type Reach } from '../data/allowed.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { checkAll } from '../data/expectations.ts';
import { fetchOriginal, localPath, type Original, unusable } from '../data/fetch.ts';
import { type Landed, land } from '../data/land.ts';
import { formatOf } from '../data/read.ts';
import { UnusableFile } from '../data/unusable.ts';
import { count, placeOf } from '../data/words.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import { loadSnapshots, mainSource } from './snapshots.ts';
import type { RunScope, Snapshot } from './types.ts';

type CollectActivities = Pick<Activities, 'collectSource' | 'checkExpectations'>;
type CollectDeps = Pick<Deps, 'store' | 'log'> & { readonly config: Reach; readonly maxSourceBytes?: number };

/** The largest original: it and its snapshot lie on the worker's disk while it lands. */
const MAX_SOURCE_BYTES = 20 * 2 ** 30;

export function collectActivities(deps: CollectDeps): CollectActivities {
  const { config: reach, store, log, maxSourceBytes = MAX_SOURCE_BYTES } = deps;
  return {
    collectSource: (input) => reporting(`${input.source}: looking`, (progress) => collect(input, progress)),

    checkExpectations: (input) =>
      reporting('reading the snapshots', async ({ say, signal }) => {
        const { expect } = input.frozen.plan.collect;
        if (expect.length === 0) return [];
        const results = await withDuckDB(
          async (duck) => {
            await loadSnapshots(duck, store, input.snapshots, say);
            say(`checking ${count(expect.length, 'expectation')}`);
            return checkAll(duck, expect, input.snapshots, mainSource(input.frozen));
          },
          { signal },
        );
        const broken = results.filter(({ held }) => !held);
        if (broken.length === 0) return results;
        const said = broken.map(({ expectation, found }) => `${expectation}: ${found}`).join('; ');
        throw permanent(
          'ExpectationsBroken',
          `${broken.length} of ${count(results.length, 'expectation')} broken: ${said}. Mend the data, or collect.expect in the plan`,
          results,
        );
      }),
  };

  async function collect(input: RunScope & { source: string }, progress: Progress): Promise<Snapshot> {
    const { frozen, source } = input;
    const wanted = frozen.plan.collect.sources[source];
    if (!wanted) throw unusable(source, source, 'the plan has no such source');
    const { uri, time, reference } = wanted;
    const path = localPath(uri);
    const file = path === undefined ? undefined : await allowedFile(path, reach);
    const work = async (duck: Duck): Promise<Snapshot> => {
      const format = formatOf(uri, wanted.format);
      const original = await fetchOriginal({
        ...{ source, uri, file, reach, store, model: input.model },
        ...{ path: duck.path('original'), maxBytes: maxSourceBytes },
        ...progress,
      });
      progress.say(`${source}: landing`);
      const window = windowOf(input, time);
      const to = duck.path('snapshot.parquet');
      const landed = await land(duck, {
        path: original.path,
        format,
        packed: isPacked(uri),
        to,
        main: !reference,
        time,
        ...window,
      });
      progress.say(`${source}: storing ${count(landed.rows, 'row')}`);
      return keep(input, original, landed, to, window);
    };
    try {
      return await withDuckDB(work, { reads: file === undefined ? [] : [file], signal: progress.signal });
    } catch (error) {
      throw error instanceof UnusableFile ? unusable(source, uri, error.message) : error;
    }
  }

  async function keep(
    { model, source, frozen }: RunScope & { source: string },
    { path: _, ...original }: Original,
    { rows, columns, from, to, timeless, outside }: Landed,
    path: string,
    window: Window,
  ): Promise<Snapshot> {
    const { sha256 } = await contentOfFile(path);
    const data = await store.putFile(keys.snapshot(model, source, sha256), path, PARQUET);
    const wanted = frozen.plan.collect.sources[source];
    const manifest = {
      ...{ format: 1, model, source, uri: placeOf(wanted?.uri ?? ''), original, retrievedAt: new Date().toISOString() },
      ...{
        window: { column: wanted?.time, ...window },
        rows,
        rowsWithoutTime: timeless,
        rowsOutside: outside,
        from,
        to,
        columns,
        data,
      },
    };
    const key = keys.snapshotManifest(model, source, sha256);
    const first = await store.putTextOnce(key, `${JSON.stringify(manifest, undefined, 2)}\n`, 'application/json');
    // The same content lands once: what told of it first goes on telling of it.
    const text = await store.getText(store.uri(key));
    log.info({ model, source, rows, sha256, first }, first ? 'a snapshot landed' : 'the snapshot was there');
    const bytes = Buffer.byteLength(text);
    return {
      source,
      data,
      manifest: { uri: store.uri(key), sha256: sha256OfText(text), bytes },
      rows,
      columns,
      from,
      to,
    };
  }
}

type Window = { readonly after?: string; readonly until: string };

function windowOf({ frozen, asOf }: RunScope, time: string | undefined): Window {
  const ms = frozen.plan.collect.window;
  if (!time || ms === undefined) return { until: asOf };
  return { after: new Date(Date.parse(asOf) - ms).toISOString(), until: asOf };
}

const PARQUET = 'application/vnd.apache.parquet';
const isPacked = (uri: string): boolean => /\.gz$/i.test(uri.replace(/[?#].*$/, ''));
