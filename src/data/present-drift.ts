/** Drift of the values that came. That more of them are missing is the matter of `monitor.data.missing`, and not drift. */
import type { ValueCounts } from './bins.ts';
import { type ColumnDrift, columnDrift } from './drift.ts';

/**
 * How far a column has moved when its share of missing values is taken as no higher than the baseline's; rows and missing
 * shares are told as they are. A share that fell counts as it is, and so does a column without any value.
 */
export function presentDrift(baseline: ValueCounts, current: ValueCounts): ColumnDrift {
  const whole = columnDrift(baseline, current);
  const present = whole.rows.current - current.missing;
  const { missing } = whole;
  if (present === 0 || missing.current <= missing.baseline) return whole;
  const steady = Math.round((present * missing.baseline) / (1 - missing.baseline));
  return { ...columnDrift(baseline, { ...current, missing: steady }), rows: whole.rows, missing };
}
