/** Asking a model, as its users do: through the API, with its key. */
import { type ApiConfig, openApi } from './api.ts';

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
export async function predict(config: ApiConfig, { model, body, signal }: PredictInput): Promise<Predicted> {
  const api = await openApi(config, model, 'predictions');
  return (await api.post(body, signal)) as Predicted;
}
