/** The prediction API as a function from request to response. */
import { answer, type GatewayResponse, type Invoked, versionOf } from './answer.ts';
import type { GatewayRequest } from './body.ts';
import { type Logging, logged } from './logged.ts';
import { readRequest } from './request.ts';
import { refusalOf } from './trouble.ts';

export interface PredictDeps extends Logging {
  /** Asks the endpoint; throws the SDK's errors. */
  readonly invoke: (text: string, inferenceId: string) => Promise<Invoked>;
}

/** Never throws: every request gets an answer and a line in the log. */
export function predict(request: GatewayRequest, deps: PredictDeps): Promise<GatewayResponse> {
  return logged(deps, { refusalOf }, async (line) => {
    const read = readRequest(request);
    line.rows = read.rows;
    const invoked = await deps.invoke(read.text, line.id);
    line.modelVersion = versionOf(invoked.variant);
    return answer(invoked, line.id, read.rows);
  });
}
