/** Which columns have drifted: far enough, surely enough, and often enough. Rules: docs/metrics.md. */
import type { Finding } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type ColumnDrift, effect } from './drift.ts';
import { holm } from './holm.ts';
import { type Past, remember, type Sight } from './hysteresis.ts';

export interface DriftState {
  /** The p-value of chi-square over pooled bins after Holm's correction over all columns that were judged. */
  readonly p: number;
  /** Passes in a row in which it was an alarm by size and significance. */
  readonly streak: number;
  readonly state: 'calm' | 'warn' | 'alarm';
}

export interface DriftVerdict {
  readonly findings: readonly Finding[];
  /** By column. */
  readonly states: Readonly<Record<string, DriftState>>;
  readonly past: Past;
}

type Limits = Plan['monitor']['drift'];

/** Holds columns against the plan, with what earlier passes saw of them. Callers see to `minRows`. */
export function judgeDrift(limits: Limits, columns: readonly ColumnDrift[], past: Past): DriftVerdict {
  const { method, warn, alarm, consecutive, significance } = limits;
  const adjusted = holm(columns.map(({ pooled }) => pooled.p));
  const seen = columns.map((drift, at) => {
    const [value, p] = [effect(drift, method), adjusted[at] as number];
    return { drift, value, p, significant: p <= significance, subject: subjectOf(drift.column) };
  });
  const sights = seen.map(
    ({ subject, value, significant }): Sight => ({ subject, over: significant && value >= alarm, calm: value < warn }),
  );
  const next = remember(past, sights, consecutive);
  const judged = seen.map((one) => {
    const streak = next.streaks[one.subject] ?? 0;
    const state = next.raised.includes(one.subject)
      ? ('alarm' as const)
      : one.significant && one.value >= warn
        ? ('warn' as const)
        : ('calm' as const);
    return { ...one, streak, state };
  });
  return {
    findings: judged.flatMap(({ drift, value, p, streak, state }): Finding[] => {
      if (state === 'calm') return [];
      const limit = value >= alarm ? alarm : warn;
      const from = value >= alarm || state === 'alarm' ? `alarm from ${alarm}` : `warn from ${warn}`;
      const message = `${drift.column} has moved: ${method} ${value.toFixed(4)} (${from}) on ${drift.rows.current.toLocaleString('en-US')} rows; chi-square p ${shown(p)} after Holm${course(state, streak, limits)}`;
      return [{ kind: 'drift', severity: state, subject: drift.column, value, limit, message, mend: MEND }];
    }),
    states: Object.fromEntries(judged.map(({ drift, p, streak, state }) => [drift.column, { p, streak, state }])),
    past: next,
  };
}

const subjectOf = (column: string): string => `drift ${column}`;

const MEND =
  'Look at the column in the report: if the world has changed, retrain; if what sends it has, mend that. If it does not matter to quality, raise monitor.drift.alarm.';

/** Where an alarm that comes and goes slowly stands. */
function course(state: 'warn' | 'alarm', streak: number, { warn, consecutive }: Limits): string {
  if (state === 'warn') return streak > 0 ? `; pass ${streak} of ${consecutive}` : '';
  return streak === 0 ? `; it stays an alarm until below ${warn}` : '';
}

const shown = (p: number): string => (p === 0 ? 'below 1e-300' : p.toPrecision(2));
