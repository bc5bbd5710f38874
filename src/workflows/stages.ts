/** What each stage of a cycle does, but for those that have files of their own: train, evaluate, approve, rollout. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Collected, Prepared } from '../activities/types.ts';
import { endpointName, rolloutWorkflowId } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import { data, quick } from './act.ts';
import { type Approval, approve } from './approve.ts';
import { refusedByModel } from './asking.ts';
import { beginChild } from './child.ts';
import type { Evaluated } from './evaluate.ts';
import { held, steer } from './messages.ts';
import { endAndWait, over } from './over.ts';
import { preparedLines } from './prepared-lines.ts';
import { rollout } from './rollout.ts';
import { MODEL, MODEL_VERSION, TRIGGER } from './search.ts';
import type { Kept, RolloutResult } from './shapes.ts';
import type { Story } from './story.ts';
import { together } from './together.ts';
import { isHold } from './told.ts';
import type { train } from './train.ts';
import { why } from './why.ts';

/** A person's hold reaches the rollout that runs, and the one that has not begun. */
export function listenForHolds(story: Story): void {
  setHandler(held, async (told) => {
    if (!isHold(told)) return;
    const { hold, by, reason } = told;
    story.held = hold;
    const { rollout: running } = story.board.progress;
    if (!running) return;
    try {
      const action = hold ? 'pause' : 'resume';
      await getExternalWorkflowHandle(running).signal(steer, { action, by, reason });
    } catch (error) {
      log.warn(`the rollout could not be told: ${why(error).message}`);
    }
  });
}

export async function preflight({ board, scope, input }: Story): Promise<void> {
  const { checks, ceilingUsd } = await quick('Look whether everything is in place').preflight({
    ...scope,
    usdLeft: input.usdLeft,
  });
  board.say(...checks);
  if (ceilingUsd !== undefined) board.say(`costs at most ${ceilingUsd.toFixed(2)} USD`);
}

export async function collect({ board, scope }: Story): Promise<Collected> {
  const sources = Object.keys(scope.frozen.plan.collect.sources);
  const snapshots = await together(
    sources.map((source) => async () => {
      const snapshot = await data(`Collect ${source}`).collectSource({ ...scope, source });
      const span = snapshot.from && snapshot.to ? `, ${snapshot.from} to ${snapshot.to}` : '';
      board.say(`${source}: ${snapshot.rows} rows${span}`);
      return snapshot;
    }),
  );
  const expectations = await data('Check what is expected of the data').checkExpectations({ ...scope, snapshots });
  board.say(`${expectations.filter(({ held }) => held).length} of ${expectations.length} expectations held`);
  const tables = await quick('Catalog the snapshots').catalogSnapshots({ ...scope, snapshots });
  return { snapshots, expectations, tables };
}

export async function prepare({ board, scope, input }: Story, { snapshots }: Collected): Promise<Prepared> {
  const championInputs = input.champion && otherInputs(input.champion.frozen.plan, scope.frozen.plan);
  const asked = { ...scope, snapshots, ...(championInputs && { championInputs }) };
  const prepared = await data('Make features, split and fit').prepareData(asked);
  board.say(...preparedLines(prepared));
  if (prepared.incomparable) board.say(`the champion cannot be compared with: ${prepared.incomparable}`);
  return prepared;
}

/** What requests to the champion carry, when its plan said something else. */
function otherInputs(theirs: Plan, ours: Plan): readonly string[] | undefined {
  const text = ({ prepare: { inputs } }: Plan) => [...inputs].sort().join(' ');
  return text(theirs) === text(ours) ? undefined : theirs.prepare.inputs;
}

export async function askApproval(story: Story, { evaluation }: Evaluated): Promise<Approval> {
  const manual = story.scope.frozen.plan.approve.mode === 'manual';
  if (manual && !story.input.topicArn) await watchOver(story);
  const topicArn = story.watching?.topicArn ?? story.input.topicArn;
  const approval = await approve(story.scope, evaluation, topicArn, story.board);
  story.board.say(`${approval.approved ? 'approved' : 'not approved'} by ${approval.by}: ${approval.reason}`);
  return approval;
}

export async function register(
  { scope, board }: Story,
  made: {
    prepared: Prepared;
    trained: Awaited<ReturnType<typeof train>>;
    evaluated: Evaluated;
    approval: Approval;
  },
): Promise<Kept> {
  const { prepared, trained, evaluated, approval } = made;
  const version = await quick('Register the version').registerVersion({
    ...scope,
    modelName: evaluated.modelName,
    trained,
    prepared,
    evaluation: evaluated.evaluation,
    approvedBy: approval.by,
    reason: approval.reason,
  });
  upsertSearchAttributes([{ key: MODEL_VERSION, value: version.version }]);
  board.say(`registered as version ${version.version}`);
  return { version, metrics: evaluated.evaluation.challenger };
}

export async function rollOut(story: Story, evaluated: Evaluated, challenger: Kept): Promise<RolloutResult> {
  const { input, scope, board } = story;
  const { model, frozen } = scope;
  if (story.held) {
    board.say('the model is paused: its rollout waits');
    await condition(() => !story.held);
  }
  const refused = await refusedByModel(scope);
  if (refused) return { outcome: 'rolled back', reason: refused };
  const label = String(scope.cycle);
  const workflowId = rolloutWorkflowId(model, label);
  board.change({ rollout: workflowId });
  try {
    const result = await onceOver(workflowId, board, async () => {
      const child = await beginChild(rollout, {
        workflowId,
        args: [
          { model, frozen, label, kind: 'canary', champion: input.champion, challenger, versions: input.versions },
        ],
        parentClosePolicy: 'REQUEST_CANCEL',
        staticSummary: `Version ${challenger.version.version} of ${model}, from cycle ${scope.cycle}`,
        typedSearchAttributes: [
          { key: MODEL, value: model },
          { key: TRIGGER, value: input.trigger },
          { key: MODEL_VERSION, value: challenger.version.version },
        ],
      });
      return child.result();
    });
    if (result.deployment) evaluated.keepModel();
    story.verdicts = result.verdicts;
    board.say(result.reason);
    return result;
  } catch (error) {
    // The endpoint was left in a state that nobody knows: it may still refer to the model.
    if (!isCancellation(error)) evaluated.keepModel();
    throw error;
  }
}

/** A cycle that was reset finds the rollout that it began before: that one goes on, and the next one sees what it left. */
async function onceOver<T>(rollout: string, board: Story['board'], start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    board.say('its rollout runs already: waiting for it');
    try {
      await over(rollout);
    } catch (error) {
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => endAndWait(rollout));
      throw error;
    }
  }
}

/** Topic, alarms and dashboard. They never unseat a version that serves: trouble is told, and the next cycle tries again. */
export async function watchOver(story: Story): Promise<void> {
  const { scope, board } = story;
  try {
    await CancellationScope.nonCancellable(async () => {
      story.watching = await quick('Set topic, alarms and dashboard').ensureObservability({
        frozen: scope.frozen,
        endpoint: endpointName(scope.model),
      });
    });
    board.say(`dashboard ${story.watching?.dashboard}`);
  } catch (error) {
    const problem = `monitoring could not be set up: ${why(error).message}`;
    story.problems.push(problem);
    board.say(problem);
  }
}
