/** Several things at once; none is left running behind the back of the one that failed. */
import { CancellationScope } from '@temporalio/workflow';

/** All results in order. When one fails the others are cancelled and waited for; then the first failure is thrown. */
export function together<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
  return CancellationScope.cancellable(async () => {
    const scope = CancellationScope.current();
    let first: { error: unknown } | undefined;
    const settled = await Promise.allSettled(
      tasks.map(async (task) => {
        try {
          return await task();
        } catch (error) {
          first ??= { error };
          scope.cancel();
          throw error;
        }
      }),
    );
    if (first) throw first.error;
    return settled.map((result) => (result as PromiseFulfilledResult<T>).value);
  });
}
