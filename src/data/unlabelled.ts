/** Rows whose label nobody knows: left out where the plan says so. */
import { permanent } from '../failures.ts';
import type { Duck } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { keepRows, type MainSource } from './main-rows.ts';
import { RAW, type RawLabel } from './raw.ts';
import { PARTS, SPLIT } from './split.ts';
import { identifier } from './sql.ts';

/** Gives how many were left out. Throws `DataUnusable` when a part is left without a row. `RAW` is there. */
export async function leaveOutUnlabelled(duck: Duck, main: MainSource, { name }: RawLabel): Promise<number> {
  const [raw, label] = [identifier(RAW), identifier(name)];
  const { missing } = await duck.one<{ missing: number }>(
    `SELECT count_if(${label} IS NULL)::DOUBLE AS missing FROM ${raw}`,
  );
  if (missing === 0) return 0;
  await duck.run(`DELETE FROM ${raw} WHERE ${label} IS NULL`);
  await duck.run(`DELETE FROM ${SPLIT} WHERE ${ROW_ID} NOT IN (SELECT ${ROW_ID} FROM ${raw})`);
  await keepRows(duck, main, `SELECT ${ROW_ID} FROM ${raw}`);
  const left = await duck.rows<{ part: number }>(`SELECT DISTINCT part::INTEGER AS part FROM ${SPLIT}`);
  const empty = PARTS.filter((_, part) => !left.some((one) => one.part === part));
  if (empty.length > 0)
    throw permanent(
      'DataUnusable',
      `the label "${name}" is missing in every row of ${empty.join(' and ')}; widen the window, change the split, or correct the label`,
    );
  return missing;
}
