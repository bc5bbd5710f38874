/** A model's status again and again, for those who look on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelStatus } from '../workflows/messages.ts';
import { status } from './models.ts';
import type { Operator } from './types.ts';
import { patiently, type WaitInput } from './wait.ts';

/** Until the model is retired, or `signal` ends it: that is the ordinary end, and throws nothing. */
export async function* watchModel(
  operator: Operator,
  { model, signal, every = 1_000 }: Omit<WaitInput, 'cycle'>,
): AsyncGenerator<ModelStatus, void> {
  try {
    for (;;) {
      signal?.throwIfAborted();
      const found = await patiently(() => status(operator, { model }), signal);
      yield found;
      if (found.retired && !found.current) return;
      await sleep(every, undefined, { signal });
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
