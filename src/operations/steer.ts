/** The verbs by which people hold, steer and end a model. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { monitorScheduleId, retrainScheduleId } from '../names.ts';
import * as say from '../workflows/messages.ts';
import { modelHandle, modelStatus } from './models.ts';
import { removeSchedules } from './schedules.ts';
import { ask } from './trouble.ts';
import type { Once, Operator } from './types.ts';
import { patiently, type WaitInput } from './wait.ts';

type Asked = say.Word & Once & { readonly model: string };

/** No automatic cycle starts and no rollout moves on until `resume`. */
export const pause = (operator: Operator, { model, updateId, ...word }: Asked): Promise<say.ModelStatus> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.pause, { args: [word], updateId }),
  );

/** Ends a pause, a quarantine and an open breaker. */
export const resume = (operator: Operator, { model, updateId, ...word }: Asked): Promise<say.ModelStatus> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.resume, { args: [word], updateId }),
  );

/** Says a word to the rollout of the cycle that runs; the ledger keeps it. */
export const steerRollout = (
  operator: Operator,
  { model, updateId, ...steering }: say.Steering & Once & { model: string },
) =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.steerRollout, { args: [steering], updateId }),
  );

/** Asks the model to remove all that serves and watches it, and to end; its calendars are gone at once. */
export async function startRetirement(operator: Operator, { model, updateId, ...word }: Asked): Promise<void> {
  const handle = modelHandle(operator, model);
  await ask(operator, `model "${model}"`, () => handle.executeUpdate(say.retire, { args: [word], updateId }));
  await removeSchedules(operator, [retrainScheduleId(model), monitorScheduleId(model)]);
}

/** The same, and waits until the model's workflow has ended. */
export async function retire(
  operator: Operator,
  { signal, every = 1_000, ...asked }: Asked & Pick<WaitInput, 'signal' | 'every'>,
): Promise<say.ModelStatus> {
  const { model } = asked;
  const handle = modelHandle(operator, model);
  await startRetirement(operator, asked);
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
