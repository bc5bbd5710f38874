/** Whether what came is bad data, before anybody takes it for drift. */
import { mostFrequent } from '../data/data-checks.ts';
import { inputFindings, refusedFindings } from '../data/data-findings.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import type { Observed } from '../data/observed.ts';
import { FEW_REQUESTS } from '../data/service-findings.ts';
import { PREDICTION } from '../data/value-counts.ts';
import { volumeFindings, volumeOf } from '../data/volume.ts';
import { variantName } from '../names.ts';
import type { Activities } from './interface.ts';
import type { Seen } from './seen.ts';
import type { Finding } from './types.ts';

export interface Checked {
  readonly findings: readonly Finding[];
  readonly data: MonitorDetails['data'];
  /** Watched columns that say nothing of drift, because what came is broken → why. */
  readonly broken: Readonly<Record<string, string>>;
}

/** Inputs are judged from `monitor.drift.minRows` rows on, refusals from a hundred requests on, the volume always but while a rollout shares it. */
export function checkData(
  { frozen: { plan }, champion, from, to, memory }: Parameters<Activities['inspectModel']>[0],
  seen: Seen,
  { columns, inputs, unknown }: Observed,
  service: MonitorDetails['service'],
): Checked {
  const { monitor, prepare } = plan;
  const rows = seen.instances.length;
  const refused = refusedOf(seen, service);
  // Captures hold what was answered, and may be a sample; CloudWatch counts every request, our own among them.
  const asked = Math.max(seen.requests + seen.captured.refused, service.requests - seen.captured.own);
  const refusals = Object.fromEntries(mostFrequent(Object.fromEntries(seen.refusals)));
  const variant = variantName(champion.version);
  const shared = service.endpoint.variants.some((one) => one !== variant);
  const volume = volumeOf(asked, from, to, memory?.volumes ?? [], shared);
  const required = prepare.inputs.filter((name) => !name.endsWith('?'));
  const ofInputs = rows < monitor.drift.minRows ? [] : inputFindings(monitor, { inputs, unknown, required, rows });
  const subjects = new Set(ofInputs.map(({ subject }) => subject));
  const isBroken = (column: string) =>
    inputs.some(({ input }) => subjects.has(input) && (column === input || column.startsWith(`${input}.`)));
  const broken = columns.filter(({ column }) => isBroken(column)).map(({ column }) => [column, BROKEN] as const);
  return {
    findings: [
      ...ofInputs,
      ...(refused.asked < FEW_REQUESTS ? [] : refusedFindings(monitor.data.refused, { ...refused, reasons: refusals })),
      ...volumeFindings(monitor, volume),
    ],
    data: { limits: monitor.data, inputs, unknown, refused, refusals, volume },
    broken: Object.fromEntries([...broken, ...(broken.length > 0 ? [[PREDICTION, ANSWERS] as const] : [])]),
  };
}

/** Whichever saw more: captures, which say why, or CloudWatch, which also counts what SageMaker does not capture. */
function refusedOf(seen: Seen, service: MonitorDetails['service']): MonitorDetails['data']['refused'] {
  const { refused } = seen.captured;
  if (service.refused > refused) return { asked: service.requests, refused: service.refused };
  return { asked: seen.requests + refused, refused };
}

const BROKEN = 'what came is bad data, and says nothing of drift';
const ANSWERS = 'it answers to inputs that are bad data';
