/** Asking a model, as its users do: through the API, with its key. */
import { findApi, predictionUrl, readApiKey } from '../aws/api.ts';
import { createClients } from '../aws/clients.ts';
import type { Config } from '../config.ts';
import { UserError } from '../errors.ts';

const ANSWER_WITHIN_MS = 30_000;

export interface PredictInput {
  readonly model: string;
  /** `{"instances": [ … ]}` as JSON. */
  readonly body: string;
  readonly signal?: AbortSignal;
}

/** Of a binary, a multiclass and a regression model. */
export type Prediction =
  | { readonly probability: number; readonly label: boolean }
  | {
      readonly label: string;
      readonly probability: number;
      readonly probabilities: Readonly<Record<string, number>>;
    }
  | { readonly value: number };

export interface Predicted {
  readonly predictions: readonly (Prediction & { readonly id: string })[];
  readonly modelVersion: number;
}

/** Throws `UserError` when the model has no API, when the API refuses the request, and when it doesn't answer in time. */
export async function predict(config: Pick<Config, 'region' | 'apiUrl'>, input: PredictInput): Promise<Predicted> {
  const { url, key } = await target(config, input.model);
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const request = { method: 'POST', headers, body: input.body };
  const signal = input.signal ? AbortSignal.any([input.signal, timeout]) : timeout;
  try {
    const response = await fetch(url, { ...request, signal });
    const text = await response.text();
    if (!response.ok) throw refused(response.status, text);
    return JSON.parse(text) as Predicted;
  } catch (error) {
    input.signal?.throwIfAborted();
    if (error instanceof UserError) throw error;
    const reason = timeout.aborted ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : why(error);
    throw new UserError(`${url} cannot be asked: ${reason}`, `is it deployed? see "perennial status ${input.model}"`);
  }
}

async function target(config: Pick<Config, 'region' | 'apiUrl'>, model: string): Promise<{ url: string; key: string }> {
  const clients = createClients(config.region);
  try {
    const api = await findApi(clients, model);
    if (!api) throw new UserError(`${model} has no prediction API`, `deploy it first: "perennial run ${model} --wait"`);
    return { url: predictionUrl(config.apiUrl, config.region, api.apiId), key: await readApiKey(clients, api.keyId) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `the API of ${model} cannot be looked up: ${why(error)}`,
      'check the AWS credentials and AWS_ENDPOINT_URL',
    );
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

const HINTS: Readonly<Record<number, string>> = {
  400: 'correct the request',
  403: 'the key of the model was refused: deploy the model again',
  413: 'send fewer instances at once',
  429: 'wait a little, or raise deploy.api.rate in the plan',
};

function refused(status: number, text: string): UserError {
  const hint = HINTS[status] ?? 'try again; the logs of the Lambda and of the endpoint say more';
  return new UserError(`the API answers ${status}: ${messageOf(text)}`, hint);
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
