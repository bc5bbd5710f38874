/** True outcomes, as they arrive late in S3: JSON Lines in SageMaker's ground-truth form. */
import { setTimeout } from 'node:timers/promises';
import type { Store } from '../src/aws/store.ts';
import { keys } from '../src/names.ts';
import type { Predicted } from './traffic.ts';

const PER_FILE = 5_000;

/** Waits until every answered request was captured: an outcome comes later than the prediction that it is about. */
export async function untilCaptured(store: Store, model: string, requests: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const objects = await store.list(`${keys.capture(model)}/`);
    const texts = await Promise.all(objects.map(({ uri }) => store.getText(uri)));
    const lines = texts.reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0);
    if (lines >= requests) return;
    await setTimeout(500, undefined, { signal });
  }
}

/** Gives how many outcomes were written. */
export async function deliverOutcomes(store: Store, model: string, predicted: readonly Predicted[]): Promise<number> {
  const hour = new Date().toISOString().slice(0, 13).replace(/[-T]/g, '/');
  for (let at = 0; at < predicted.length; at += PER_FILE) {
    const lines = predicted.slice(at, at + PER_FILE).map(({ id, late }) =>
      JSON.stringify({
        groundTruthData: { data: late ? '1' : '0', encoding: 'CSV' },
        eventMetadata: { eventId: id },
        eventVersion: '0',
      }),
    );
    await store.putText(`${keys.groundTruth(model)}/${hour}/outcomes-${at}.jsonl`, `${lines.join('\n')}\n`);
  }
  return predicted.length;
}
