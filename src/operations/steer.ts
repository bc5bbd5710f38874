/** The verbs by which people hold, steer and end a model. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { monitorScheduleId, retrainScheduleId } from '../names.ts';
import * as say from '../workflows/messages.ts';
import { modelHandle, modelStatus } from './models.ts';
import { removeSchedules } from './schedules.ts';
import { ask } from './trouble.ts';
import type { Operator } from './types.ts';
import { patiently, type WaitInput } from './wait.ts';

type Asked = say.Word & { readonly model: string };

/** No automatic cycle starts and no rollout moves on until `resume`. */
export const pause = (operator: Operator, { model, ...word }: Asked): Promise<say.ModelStatus> =>
  ask(operator, `model "${model}"`, () => modelHandle(operator, model).executeUpdate(say.pause, { args: [word] }));

/** Ends a pause, a quarantine and an open breaker. */
export const resume = (operator: Operator, { model, ...word }: Asked): Promise<say.ModelStatus> =>
  ask(operator, `model "${model}"`, () => modelHandle(operator, model).executeUpdate(say.resume, { args: [word] }));

/** Says a word to the rollout of the cycle that runs; the ledger keeps it. */
export const steerRollout = (operator: Operator, { model, ...steering }: say.Steering & { model: string }) =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.steerRollout, { args: [steering] }),
  );

/** Removes all that serves and watches the model, and its calendars; waits until its workflow has ended. */
export async function retire(
  operator: Operator,
  { model, signal, every = 1_000, ...word }: Asked & Pick<WaitInput, 'signal' | 'every'>,
): Promise<say.ModelStatus> {
  const handle = modelHandle(operator, model);
  await ask(operator, `model "${model}"`, () => handle.executeUpdate(say.retire, { args: [word] }));
  await removeSchedules(operator, [retrainScheduleId(model), monitorScheduleId(model)]);
  for (;;) {
    signal?.throwIfAborted();
    const told = await patiently(() => modelStatus(operator, model), signal);
    if (!told.retired)
      throw new UserError(told.problems.at(-1) ?? `${model} was not retired`, `see "perennial status ${model}"`);
    const { status } = await ask(operator, `model "${model}"`, () => handle.describe());
    if (status.name !== 'RUNNING') return told;
    await sleep(every, undefined, { signal });
  }
}
