/**
 * A request that came with a key of its asker's: remembers what it was answered for as long as Temporal keeps it, so that the
 * same request again is answered by that, also by another process. It does nothing itself.
 */
import { condition, setHandler } from '@temporalio/workflow';
import { requestAnswered } from './messages.ts';

/** Gives the first answer that it is told. */
export async function request(): Promise<unknown> {
  let told: { readonly answer: unknown } | undefined;
  setHandler(requestAnswered, (answer) => {
    told ??= { answer };
  });
  await condition(() => told !== undefined);
  return told?.answer;
}
