/** Telling a model what came true, as its users do: through the API, with its key. */
import { UserError } from '../errors.ts';
import { type ApiConfig, openApi } from './api.ts';

/** As many as the API takes at once. */
const AT_ONCE = 1_000;

export interface ToldOutcome {
  /** As a prediction had it. */
  readonly id: string;
  readonly outcome: boolean | number | string;
}

export interface LabelsInput {
  readonly model: string;
  readonly outcomes: readonly ToldOutcome[];
  readonly signal?: AbortSignal;
  /** How many are accepted so far. */
  readonly progress?: (accepted: number) => void;
}

/** Sends them in order. Throws `UserError` that says from where on nothing was accepted. */
export async function tellLabels(
  config: ApiConfig,
  { model, outcomes, signal, progress }: LabelsInput,
): Promise<{ accepted: number }> {
  const api = await openApi(config, model, 'outcomes');
  let accepted = 0;
  while (accepted < outcomes.length) {
    const batch = outcomes.slice(accepted, accepted + AT_ONCE);
    try {
      await api.post(JSON.stringify({ outcomes: batch }), signal);
    } catch (error) {
      if (accepted === 0 || !(error instanceof UserError)) throw error;
      throw new UserError(
        `outcomes ${accepted + 1} to ${accepted + batch.length}: ${error.message}`,
        `${error.hint}; the ${accepted} before them were accepted, and may be sent again`,
      );
    }
    accepted += batch.length;
    progress?.(accepted);
  }
  return { accepted };
}
