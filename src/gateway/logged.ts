/** Every request gets an answer and a line in the log, whatever happens on the way. */
import { type GatewayResponse, refuse } from './answer.ts';
import { Refusal } from './refusal.ts';

/** One line a request; it never holds the payload, a header or the key. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly id: string;
  /** Left out for predictions. */
  readonly path?: string;
  readonly rows: number;
  readonly status: number;
  readonly ms: number;
  readonly modelVersion?: number;
  /** Why it was refused: a code or the name of AWS's error. */
  readonly code?: string;
}

export interface Logging {
  readonly newId: () => string;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: (line: LogLine) => void;
}

/** What is learned of a request on the way to its answer. */
export interface Learned {
  readonly id: string;
  rows: number;
  modelVersion?: number;
}

/** Never throws; `refusalOf` says what an error that is no `Refusal` means for who asked. */
export async function logged(
  { newId, now, log }: Logging,
  { path, refusalOf }: { path?: string; refusalOf: (error: unknown) => Refusal },
  answer: (line: Learned) => Promise<GatewayResponse>,
): Promise<GatewayResponse> {
  const started = now();
  const line: Learned = { id: newId(), rows: 0 };
  let refusal: Refusal | undefined;
  let response: GatewayResponse;
  try {
    response = await answer(line);
  } catch (error) {
    refusal = error instanceof Refusal ? error : refusalOf(error);
    response = refuse(refusal);
  }
  const { status } = response;
  const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
  const { id, rows, modelVersion } = line;
  log({ level, id, ...(path ? { path } : {}), rows, status, ms: now() - started, modelVersion, code: refusal?.code });
  return response;
}
