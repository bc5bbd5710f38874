/** How the endpoint serves, held against the plan: errors, latency, processors, memory, and what it serves. */
import type { Finding } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type Past, remember } from './hysteresis.ts';
import type { MonitorDetails } from './monitoring.ts';

/** With fewer requests an error rate or a 99th percentile rests on one or two of them. */
export const FEW_REQUESTS = 100;

type Service = MonitorDetails['service'];
type Limits = Plan['monitor']['service'];

/** Errors and latency of the variant, and what its instances are busy with. On few requests the first two are warnings only. */
export function serviceFindings(limits: Limits, found: Service): Finding[] {
  const severity = found.requests < FEW_REQUESTS ? 'warn' : 'alarm';
  const asked = `${found.requests.toLocaleString('en-US')} requests`;
  const findings: Finding[] = [];
  if (found.errorRate > limits.errorRate)
    findings.push({
      ...{ kind: 'service', severity, subject: 'errorRate', value: found.errorRate, limit: limits.errorRate },
      message: `${found.errors} of ${asked} failed (${percent(found.errorRate)}); at most ${percent(limits.errorRate)} is allowed`,
      mend: "Read the endpoint's log; roll back if it began with this version.",
    });
  if (found.latencyP99 !== undefined && found.latencyP99 > limits.latencyP99)
    findings.push({
      ...{ kind: 'service', severity, subject: 'latencyP99', value: found.latencyP99, limit: limits.latencyP99 },
      message: `the 99th percentile of the latency is ${found.latencyP99.toFixed(1)} ms over ${asked}; at most ${limits.latencyP99} ms is allowed`,
      mend: 'Give deploy.instance a larger type or a higher count, or roll back.',
    });
  for (const [subject, words] of [
    ['cpu', 'processors'],
    ['memory', 'memory'],
  ] as const) {
    const value = found[subject];
    if (value === undefined || value <= limits[subject]) continue;
    findings.push({
      ...{ kind: 'service', severity: 'alarm', subject, value, limit: limits[subject] },
      message: `${percent(value)} of the ${words} of ${found.instance.type} is in use in the busiest hour; at most ${percent(limits[subject])} is allowed`,
      mend: 'Give deploy.instance a larger type or a higher count.',
    });
  }
  return findings;
}

/** Statuses in which an endpoint answers, or is about to. */
const WELL = new Set(['InService', 'Creating', 'Updating', 'SystemUpdating', 'RollingBack']);
const SUBJECT = 'service endpoint';

/**
 * Whether the endpoint serves what the model believes. One that is gone or has failed is an alarm at once; one that
 * serves other versions only is one when the next pass sees it, too (a rollout may have ended a moment ago), and none while
 * it is `changing`.
 */
export function endpointFindings(
  { endpoint: name, variant }: { endpoint: string; variant: string },
  { status, reason, variants }: Service['endpoint'],
  past: Past,
  changing = false,
): { findings: Finding[]; past: Past } {
  const other =
    !changing && status !== undefined && WELL.has(status) && variants.length > 0 && !variants.includes(variant);
  const next = remember(past, [{ subject: SUBJECT, over: other, calm: !other }], 2);
  const finding = (message: string, severity: Finding['severity'], mend: string): Finding[] => [
    { kind: 'service', severity, subject: 'endpoint', value: 0, limit: 1, message, mend },
  ];
  if (status === undefined)
    return { findings: finding(`the endpoint ${name} is gone`, 'alarm', BRING_BACK), past: next };
  if (!WELL.has(status))
    return {
      findings: finding(`the endpoint ${name} is ${status}${reason ? `: ${reason}` : ''}`, 'alarm', BRING_BACK),
      past: next,
    };
  if (!other) return { findings: [], past: next };
  const severity = next.raised.includes(SUBJECT) ? 'alarm' : 'warn';
  const message = `the endpoint ${name} serves ${variants.join(', ')}, and the model believes ${variant}${severity === 'warn' ? '; pass 1 of 2' : ''}`;
  return { findings: finding(message, severity, BRING_BACK), past: next };
}

const BRING_BACK =
  'Find out who changed it (CloudTrail: UpdateEndpoint, DeleteEndpoint); then bring the version back by rollback or promote.';

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
