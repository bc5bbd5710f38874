/** A model's API as its users ask it: found by its tag, with its key, one request at a time. */
import { apiUrl, findApi, readApiKey } from '../aws/api.ts';
import type { PathPart } from '../aws/api-shape.ts';
import { closeClients, createClients } from '../aws/clients.ts';
import type { Config } from '../config.ts';
import { UserError, type UserErrorKind } from '../errors.ts';

const ANSWER_WITHIN_MS = 30_000;

export type ApiConfig = Pick<Config, 'region' | 'apiUrl'>;

export interface ModelApi {
  /** POSTs JSON text; gives the answer's. Throws `UserError` when it refuses, and when it doesn't answer in time. */
  post(body: string, signal?: AbortSignal): Promise<unknown>;
}

/** Throws `UserError` when the model has no API. */
export async function openApi(config: ApiConfig, model: string, part: PathPart): Promise<ModelApi> {
  const { url, key } = await accessTo(config, model, part);
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  return {
    async post(body, signal) {
      const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
      try {
        const response = await fetch(url, { method: 'POST', headers, body, signal: either });
        const text = await response.text();
        if (!response.ok) throw refused(response.status, text);
        return JSON.parse(text) as unknown;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof UserError) throw error;
        const reason = timeout.aborted ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : why(error);
        throw new UserError(
          `${url} cannot be asked: ${reason}`,
          `is it deployed? see "perennial status ${model}"`,
          'elsewhere',
        );
      }
    },
  };
}

/** Where a model is asked, and the key that its users send. Throws `UserError` when it has no API. */
export async function accessTo(
  config: ApiConfig,
  model: string,
  part: PathPart,
): Promise<{ readonly url: string; readonly key: string }> {
  const clients = createClients(config.region);
  try {
    const api = await findApi(clients, model);
    if (!api) throw new UserError(`${model} has no prediction API`, `deploy it first: "perennial run ${model} --wait"`);
    const key = await readApiKey(clients, api.keyId);
    return { url: apiUrl(config.apiUrl, config.region, api.apiId, part), key };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `the API of ${model} cannot be looked up: ${why(error)}`,
      'check the AWS credentials and AWS_ENDPOINT_URL',
      'elsewhere',
    );
  } finally {
    closeClients(clients);
  }
}

const HINTS: Readonly<Record<number, string>> = {
  400: 'correct the request',
  403: 'the key of the model was refused: deploy the model again',
  404: 'the API is older than this route: deploy the model again',
  413: 'send fewer at once',
  429: 'wait a little, or raise deploy.api.rate in the plan',
};

const KINDS: Readonly<Record<number, UserErrorKind>> = { 400: 'wrong', 413: 'wrong', 429: 'unanswered' };

function refused(status: number, text: string): UserError {
  const hint = HINTS[status] ?? 'try again; the logs of the Lambda and of the endpoint say more';
  return new UserError(`the API answers ${status}: ${messageOf(text)}`, hint, KINDS[status] ?? 'elsewhere');
}

function messageOf(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { error?: { message?: string }; message?: string };
    return error?.message ?? message ?? text;
  } catch {
    return text.slice(0, 300);
  }
}

const why = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? `${message} (${cause.message})` : message;
};
