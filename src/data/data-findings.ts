/** What is bad data rather than drift, told by column with what to do. Rules: docs/metrics.md. */
import type { Finding } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type InputCheck, mostFrequent } from './data-checks.ts';
import { holm } from './holm.ts';

export interface Arrived {
  readonly inputs: readonly InputCheck[];
  /** Fields that no input is called → the share of rows that carried them. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Inputs that the plan lets nobody leave out. */
  readonly required: readonly string[];
  readonly rows: number;
}

type Told = Omit<Finding, 'kind' | 'severity'>;

/** One finding an input at most: the first cause that explains it. Callers see to `minRows`. */
export function inputFindings({ data, drift }: Plan['monitor'], arrived: Arrived): Finding[] {
  const { inputs, rows } = arrived;
  const rise = holm(inputs.map(({ p }) => p));
  const on = `of ${rows.toLocaleString('en-US')} rows`;
  const found = inputs.flatMap((check, at): Told[] => {
    const { input, missing, mistyped, absent, stuck } = check;
    if (arrived.required.includes(input) && absent > data.mistyped)
      return [
        {
          ...{ subject: input, value: absent, limit: data.mistyped },
          message: `${input} is not sent in ${percent(absent)} ${on}, and prepare.inputs requires it; at most ${percent(data.mistyped)} is allowed (monitor.data.mistyped)`,
          mend: `Let callers send ${input}, null when unknown; or write it as "${input}?" in prepare.inputs and retrain.`,
        },
      ];
    if (mistyped > data.mistyped)
      return [
        {
          ...{ subject: input, value: mistyped, limit: data.mistyped },
          message: `${input} is of another type than in training in ${percent(mistyped)} ${on}; at most ${percent(data.mistyped)} is allowed (monitor.data.mistyped)`,
          mend: `Look at what writes ${input} at the callers, and mend its type; retraining does not help.`,
        },
      ];
    if (missing.current - missing.baseline > data.missing && (rise[at] as number) <= drift.significance)
      return [
        {
          ...{ subject: input, value: missing.current, limit: missing.baseline + data.missing },
          message: `${input} is missing in ${percent(missing.current)} ${on}, ${percent(missing.baseline)} in training; ${Number((data.missing * 100).toFixed(2))} points more are allowed (monitor.data.missing)`,
          mend: `Look at what fills ${input} at the callers. If it will stay away, raise monitor.data.missing and retrain.`,
        },
      ];
    if (data.constant && stuck && stuck.chance * inputs.length <= drift.significance)
      return [
        {
          ...{ subject: input, value: 1, limit: 2 },
          message: `${input} is ${shortened(stuck.value)} in every one ${on} that has it; training had ${stuck.trained.toLocaleString('en-US')} values`,
          mend: `Look whether what fills ${input} is stuck. If one value is right now, set monitor.data.constant to false.`,
        },
      ];
    return [];
  });
  const strange = Object.entries(arrived.unknown)
    .filter(([, share]) => share > data.mistyped)
    .map(
      ([field, share]): Told => ({
        ...{ subject: shortened(field), value: share, limit: data.mistyped },
        message: `${shortened(field)} is no input of this version, and ${percent(share)} ${on} carry it; at most ${percent(data.mistyped)} is allowed (monitor.data.mistyped)`,
        mend: 'Look whether callers renamed a field or send to the wrong model; add it to prepare.inputs and retrain if it is meant.',
      }),
    );
  return [...found, ...strange].map((one) => ({ kind: 'data', severity: 'alarm', ...one }));
}

/** Requests that the model refused, with what it said of those that were captured. */
export function refusedFindings(
  limit: number,
  { asked, refused, reasons }: { asked: number; refused: number; reasons: Readonly<Record<string, number>> },
): Finding[] {
  const share = refused / Math.max(1, asked);
  if (share <= limit) return [];
  const most = mostFrequent(reasons)
    .slice(0, 3)
    .map(([reason, count]) => `${reason} (${count.toLocaleString('en-US')})`);
  const why = most.length > 0 ? most.join('; ') : "the endpoint's log and the callers' answers say why";
  return [
    {
      ...{ kind: 'data', severity: 'alarm', subject: 'refused', value: share, limit },
      message: `the model refused ${percent(share)} of ${asked.toLocaleString('en-US')} requests; at most ${percent(limit)} is allowed (monitor.data.refused): ${why}`,
      mend: 'Mend the requests at the callers as the refusals say; retraining does not help.',
    },
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const shortened = (value: string): string => (value.length > 60 ? `${value.slice(0, 60)}…` : value);
