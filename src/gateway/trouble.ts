/** What an error of the endpoint means for who asked. Pure: errors are read by name, as the SDK throws them. */
import { Refusal } from './refusal.ts';

const SOON = { 'retry-after': '1' } as const;
const LATER = { 'retry-after': '5' } as const;

interface EndpointError {
  readonly name?: string;
  readonly message?: string;
  readonly OriginalStatusCode?: number;
  readonly OriginalMessage?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The refusal that an error of `InvokeEndpoint` becomes; AWS's own words go to the log, not to the caller. */
export function refusalOf(error: unknown): Refusal {
  const e = (typeof error === 'object' && error !== null ? error : {}) as EndpointError;
  const name = e.name ?? 'Error';

  if (name === 'ModelError') return ofModel(e);
  if (name.startsWith('Throttling') || name === 'TooManyRequestsException')
    return new Refusal(429, name, 'the model is asked more than it can answer now; try again in a second', SOON);
  if (name === 'ValidationError' || name === 'ModelNotReadyException' || name === 'ServiceUnavailable')
    return new Refusal(503, name, 'the model is not deployed or not ready; try again later', LATER);
  if (name === 'TimeoutError' || name === 'AbortError')
    return new Refusal(503, name, 'the model did not answer in time; try again, or send fewer instances', SOON);
  if (e.$metadata?.httpStatusCode === 429)
    return new Refusal(429, name, 'the model is asked more than it can answer now; try again in a second', SOON);
  return new Refusal(502, name, 'the model could not be asked; the log of this API tells why');
}

/** The container's own answer: what is wrong with the request goes through, what is wrong with the model does not. */
function ofModel(e: EndpointError): Refusal {
  const status = e.OriginalStatusCode ?? 500;
  const says = containerMessage(e.OriginalMessage);
  if (status === 413) return new Refusal(413, 'container-413', says ?? 'too large for the model; send fewer instances');
  if (status === 429 || status === 503)
    return new Refusal(status, `container-${status}`, 'the model is busy; try again in a second', SOON);
  if (status >= 400 && status < 500)
    return new Refusal(400, `container-${status}`, says ?? 'the model does not take this request');
  return new Refusal(502, `container-${status}`, 'the model failed on this request; the log of its endpoint tells why');
}

/** Some versions of SageMaker's image put a traceback below the answer: its first line is ours. */
function containerMessage(body: string | undefined): string | undefined {
  try {
    const read = JSON.parse(body?.trimStart().split('\n')[0] ?? '') as { error?: { message?: unknown } } | null;
    return typeof read?.error?.message === 'string' ? read.error.message : undefined;
  } catch {
    return undefined;
  }
}
