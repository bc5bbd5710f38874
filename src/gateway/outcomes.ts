/** Late ground truth as a function from request to response: what came true is kept beside what people put there by hand. */
import { createHash } from 'node:crypto';
import type { GatewayResponse } from './answer.ts';
import type { GatewayRequest } from './body.ts';
import { type Logging, logged } from './logged.ts';
import { type GatewayProblem, OUTCOMES_PATH, readOutcomes } from './outcome-lines.ts';
import { Refusal } from './refusal.ts';

export interface OutcomesDeps extends Logging {
  readonly problem: GatewayProblem;
  /** Keeps a text under `<folder>/<name>`, unless it is there already; throws the SDK's errors. */
  readonly keep: (name: string, text: string) => Promise<void>;
}

/** Never throws. Nothing is kept of a request that is refused. */
export function tellOutcomes(request: GatewayRequest, deps: OutcomesDeps): Promise<GatewayResponse> {
  return logged(deps, { path: OUTCOMES_PATH, refusalOf }, async (line) => {
    const lines = readOutcomes(request, deps.problem);
    line.rows = lines.length;
    const text = `${lines.join('\n')}\n`;
    await deps.keep(objectName(deps.now(), text), text);
    const headers = { 'content-type': 'application/json' };
    return { status: 202, headers, body: JSON.stringify({ accepted: lines.length }) };
  });
}

/** A request that is repeated within the hour is the same object; later it is a twin, and the last of two outcomes counts. */
export function objectName(now: number, text: string): string {
  const hour = new Date(now).toISOString().slice(0, 13).replace(/[-T]/g, '/');
  return `${hour}/${createHash('sha256').update(text).digest('hex').slice(0, 32)}.jsonl`;
}

function refusalOf(error: unknown): Refusal {
  const { name = 'Error', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === 403)
    return new Refusal(502, name, 'the outcomes could not be kept; ask the owner of the model');
  return new Refusal(503, name, 'the outcomes could not be kept; send the same request again', { 'retry-after': '5' });
}
