/** What doctor finds, and how checks are run: side by side, each within a time; one that crashes is a finding. */
import { z } from 'zod';
import { UserError } from '../../errors.ts';

export const STATES = ['ok', 'warning', 'wrong'] as const;

export const findingShape = z.object({
  /** What was looked at: machine, settings, temporal, account, bucket, roles, rights, services, quotas, plan. */
  area: z.string(),
  state: z.enum(STATES),
  found: z.string(),
  mend: z.string().optional(),
});
export const doctorShape = z.object({ findings: z.array(findingShape), wrong: z.number(), warnings: z.number() });
export type Finding = z.infer<typeof findingShape>;
export type Doctor = z.infer<typeof doctorShape>;

type Told = Omit<Finding, 'area'>;

export interface Check {
  readonly area: string;
  /** For a message when it crashes or takes too long. */
  readonly what: string;
  /** Gives findings as they are; throws what a crash or a `UserError` says. */
  readonly run: (signal: AbortSignal) => Promise<readonly Told[]>;
}

export const ok = (found: string): Told => ({ state: 'ok', found });
export const warning = (found: string, mend: string): Told => ({ state: 'warning', found, mend });
export const wrong = (found: string, mend: string): Told => ({ state: 'wrong', found, mend });

export async function examine(checks: readonly Check[], withinMs: number, stop: AbortSignal): Promise<Doctor> {
  const findings = (await Promise.all(checks.map((check) => bounded(check, withinMs, stop)))).flat();
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
  return { findings, wrong: count('wrong'), warnings: count('warning') };
}

async function bounded({ area, what, run }: Check, withinMs: number, stop: AbortSignal): Promise<Finding[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(withinMs)]);
  let ended = () => {};
  const late = new Promise<readonly Told[]>((resolve) => {
    const give = () =>
      resolve([wrong(`${what}: no answer within ${withinMs / 1000} s`, 'look whether it can be reached from here')]);
    signal.addEventListener('abort', give, { once: true });
    ended = () => signal.removeEventListener('abort', give);
    if (signal.aborted) give();
  });
  const told = await Promise.race([run(signal).catch((error) => [crash(what, error)]), late]);
  ended();
  return told.map((one) => ({ area, ...one }));
}

function crash(what: string, error: unknown): Told {
  if (error instanceof UserError) return wrong(error.message, error.hint);
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return wrong(
    `${what} could not be looked at: ${said.split('\n')[0]?.slice(0, 300)}`,
    'mend what it says, then look again',
  );
}
