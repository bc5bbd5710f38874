/** The prediction API as a function from request to response. */
import { answer, type GatewayResponse, type Invoked, refuse, versionOf } from './answer.ts';
import { Refusal } from './refusal.ts';
import { type GatewayRequest, readRequest } from './request.ts';
import { refusalOf } from './trouble.ts';

export interface PredictDeps {
  /** Asks the endpoint; throws the SDK's errors. */
  readonly invoke: (text: string, inferenceId: string) => Promise<Invoked>;
  readonly newId: () => string;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: (line: LogLine) => void;
}

/** One line a request; it never holds the payload, a header or the key. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly id: string;
  readonly rows: number;
  readonly status: number;
  readonly ms: number;
  readonly modelVersion?: number;
  /** Why it was refused: a code or the name of AWS's error. */
  readonly code?: string;
}

/** Never throws: every request gets an answer and a line in the log. */
export async function predict(request: GatewayRequest, deps: PredictDeps): Promise<GatewayResponse> {
  const { invoke, newId, now, log } = deps;
  const started = now();
  const id = newId();
  let rows = 0;
  let modelVersion: number | undefined;
  let refusal: Refusal | undefined;
  let response: GatewayResponse;
  try {
    const read = readRequest(request);
    rows = read.rows;
    const invoked = await invoke(read.text, id);
    modelVersion = versionOf(invoked.variant);
    response = answer(invoked, id, rows);
  } catch (error) {
    refusal = error instanceof Refusal ? error : refusalOf(error);
    response = refuse(refusal);
  }
  const { status } = response;
  const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
  log({ level, id, rows, status, ms: now() - started, modelVersion, code: refusal?.code });
  return response;
}
