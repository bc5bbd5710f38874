/** A model's calendars as Temporal Schedules: created, updated or removed so that they are what the plan says. */
import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { FrozenPlan } from '../activities/types.ts';
import { UserError } from '../errors.ts';
import { monitorScheduleId, monitorWorkflowId, retrainScheduleId } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import { MODEL, TRIGGER } from '../workflows/search.ts';
import { ask, INVALID_ARGUMENT, serviceError } from './trouble.ts';
import type { Operator } from './types.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export async function ensureSchedules(operator: Operator, { plan }: FrozenPlan): Promise<void> {
  const { taskQueue } = operator;
  await ensure(operator, retrainScheduleId(plan.model), retrainSchedule(plan, taskQueue), 'retrain.schedule');
  await ensure(operator, monitorScheduleId(plan.model), monitorSchedule(plan, taskQueue), 'monitor.every');
}

/** When each calendar fires next. */
export async function nextRuns(operator: Operator, model: string): Promise<{ retrain?: string; monitor?: string }> {
  const next = async (id: string): Promise<string | undefined> => {
    try {
      const { info, state } = await operator.client.schedule.getHandle(id).describe();
      return state.paused ? undefined : info.nextActionTimes[0]?.toISOString();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return undefined;
      throw error;
    }
  };
  const [retrain, monitor] = await ask(operator, `calendar of ${model}`, () =>
    Promise.all([next(retrainScheduleId(model)), next(monitorScheduleId(model))]),
  );
  return { retrain, monitor };
}

/**
 * The wish takes a second, so runs do not overlap; BUFFER_ONE only covers a worker that is away. A run that was missed
 * while the server was down is made up for within a day: the model merges wishes, so at most one cycle comes of it.
 */
const retrainSchedule = ({ model, retrain }: Plan, taskQueue: string) =>
  retrain.schedule === undefined
    ? undefined
    : ({
        scheduleId: retrainScheduleId(model),
        spec: { cronExpressions: [retrain.schedule], timezone: retrain.timeZone, jitter: MINUTE },
        policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: DAY },
        action: {
          type: 'startWorkflow',
          workflowType: 'retrain',
          workflowId: retrainScheduleId(model),
          args: [{ model, calendar: `${retrain.schedule} ${retrain.timeZone}` }],
          taskQueue,
          workflowExecutionTimeout: DAY,
          staticSummary: `The calendar wishes a cycle of ${model}`,
          typedSearchAttributes: [
            { key: MODEL, value: model },
            { key: TRIGGER, value: 'schedule' },
          ],
        },
      } satisfies ScheduleOptions);

/**
 * A pass that takes longer than the interval lets the next one go (SKIP): windows chain, so the one after it sees all.
 * For the same reason only the last missed run matters, and the catch-up window is one interval.
 */
const monitorSchedule = ({ model, monitor }: Plan, taskQueue: string) => {
  const every = Math.max(1_000, Math.round(monitor.every / 1_000) * 1_000);
  return {
    scheduleId: monitorScheduleId(model),
    spec: { intervals: [{ every }], jitter: Math.min(MINUTE, every / 10) },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: Math.max(MINUTE, every) },
    action: {
      type: 'startWorkflow',
      workflowType: 'monitor',
      workflowId: monitorWorkflowId(model),
      args: [{ model }],
      taskQueue,
      workflowExecutionTimeout: DAY,
      staticSummary: `Monitor ${model}`,
      typedSearchAttributes: [
        { key: MODEL, value: model },
        { key: TRIGGER, value: 'schedule' },
      ],
    },
  } satisfies ScheduleOptions;
};

async function ensure(
  operator: Operator,
  id: string,
  wanted: ScheduleOptions | undefined,
  place: string,
): Promise<void> {
  const { schedule } = operator.client;
  try {
    await ask(operator, `schedule ${id}`, () => (wanted ? createOrUpdate(schedule, wanted) : remove(schedule, id)));
  } catch (error) {
    // The SDK checks some of it by itself, the server the rest.
    const refused = serviceError(error);
    const why = error instanceof TypeError ? error.message : refused?.code === INVALID_ARGUMENT && refused.details;
    if (!why) throw error;
    throw new UserError(`${place}: Temporal refuses it: ${why}`, `correct ${place} in plan.yaml`, 'wrong');
  }
}

/** A calendar that a person paused stays paused. */
async function createOrUpdate(schedule: Client['schedule'], wanted: ScheduleOptions): Promise<void> {
  try {
    await schedule.create(wanted);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = wanted;
    await schedule.getHandle(wanted.scheduleId).update(({ state }) => ({ spec, action, policies, state }));
  }
}

export async function removeSchedules(operator: Operator, ids: readonly string[]): Promise<void> {
  for (const id of ids) await ask(operator, `schedule ${id}`, () => remove(operator.client.schedule, id));
}

async function remove(schedule: Client['schedule'], id: string): Promise<void> {
  try {
    await schedule.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}
