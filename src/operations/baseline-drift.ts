/** How far the training rows of two cycles lie apart, by the value counts that both left for monitoring. */
import { columnDrift } from '../data/drift.ts';
import { withDuckDB } from '../data/duckdb.ts';
import { MeasureError } from '../data/measures.ts';
import { text } from '../data/sql.ts';
import { readValueCounts } from '../data/value-counts.ts';
import { keys } from '../names.ts';
import { type Archive, reading } from './archive.ts';

export interface Moved {
  readonly column: string;
  readonly psi: number;
  readonly missing: [number, number];
}

/** Of the inputs that both have, furthest first; none when either is gone. */
export async function baselineDrift(
  { store }: Archive,
  model: string,
  cycles: readonly [number, number],
): Promise<Moved[]> {
  const uris = cycles.map((cycle) => store.uri(keys.cycle(model, cycle, 'prepared', 'baseline.parquet')));
  for (const uri of uris) if (!(await reading(() => store.head(uri)))) return [];
  return withDuckDB(async (duck) => {
    const [before, after] = await Promise.all(
      uris.map(async (uri, at) => {
        const file = duck.path(`baseline-${at}.parquet`);
        await reading(() => store.getFile(uri, file));
        return readValueCounts(duck, `SELECT * FROM read_parquet(${text(file)})`);
      }),
    );
    const moved = [...(before ?? [])].flatMap(([column, counts]) => {
      const now = after?.get(column);
      return now ? drifted(column, () => columnDrift(counts, now)) : [];
    });
    return moved.sort((a, b) => b.psi - a.psi);
  });
}

/** A column that became one of another kind has no common measure: features.sql and the plan tell of it. */
function drifted(column: string, measure: () => ReturnType<typeof columnDrift>): Moved[] {
  try {
    const { psi, missing } = measure();
    return [{ column, psi, missing: [missing.baseline, missing.current] }];
  } catch (error) {
    if (error instanceof MeasureError) return [];
    throw error;
  }
}
