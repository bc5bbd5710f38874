/** One cycle: plan, collect, prepare, train, evaluate, deploy, monitor. The champion is touched by nothing before deploy. */
import {
  ApplicationFailure,
  CancellationScope,
  executeChild,
  isCancellation,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { Collected, CycleScope, FrozenPlan, Prepared } from '../activities/types.ts';
import { endpointName, rolloutWorkflowId } from '../names.ts';
import { data, quick } from './act.ts';
import { type Approval, approve } from './approve.ts';
import { Board, now } from './board.ts';
import { broken, type Evaluated, evaluate } from './evaluate.ts';
import { rollout } from './rollout.ts';
import { MODEL, MODEL_VERSION, TRIGGER } from './search.ts';
import type {
  Champion,
  CycleOutcome,
  CycleResult,
  Deployment,
  Kept,
  Outcome,
  RolloutResult,
  Trigger,
  Watching,
} from './shapes.ts';
import { together } from './together.ts';
import { train } from './train.ts';
import { Undos } from './undo.ts';
import { why } from './why.ts';

export interface CycleInput {
  readonly model: string;
  readonly cycle: number;
  readonly frozen: FrozenPlan;
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
  /** The start of the cycle when left out. */
  readonly asOf?: string;
  readonly champion?: Champion;
  /** Every version that can be served, champion included. */
  readonly versions: readonly Kept[];
  readonly topicArn?: string;
}

/**
 * Gives how it ended; a cycle that fails throws the failure with its `CycleResult` as the first detail. Cancelled or
 * failed, it stops its jobs and removes what it half made.
 */
export async function cycle(input: CycleInput): Promise<CycleResult> {
  const { model, frozen, trigger, by, reason } = input;
  const scope: CycleScope = { model, cycle: input.cycle, asOf: input.asOf ?? now(), frozen };
  const board = new Board({ cycle: input.cycle, model, trigger, by, reason, asOf: scope.asOf, planHash: frozen.hash });
  const story: Story = { input, scope, board, undos: new Undos(), costUsd: 0, problems: [] };
  try {
    return await sevenStages(story);
  } catch (error) {
    story.problems.push(...(await story.undos.run()));
    throw asEnd(story, error);
  }
}

interface Story {
  readonly input: CycleInput;
  readonly scope: CycleScope;
  readonly board: Board;
  readonly undos: Undos;
  readonly problems: string[];
  costUsd: number;
  watching?: Watching;
}

async function sevenStages(story: Story): Promise<CycleResult> {
  const { board, scope, undos, input } = story;
  await board.stage('plan', () => preflight(story));
  const collected = await board.stage('collect', () => collect(story));
  const prepared = await board.stage('prepare', () => prepare(story, collected));
  const trained = await board.stage('train', () => train(scope, prepared, board));
  story.costUsd += board.progress.candidates.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);

  const champion = input.champion?.kept.version;
  const evaluated = await board.stage('evaluate', () => evaluate(scope, { prepared, trained, champion }, undos, board));
  story.costUsd += evaluated.costUsd;
  if (!evaluated.evaluation.passed) return end(story, 'rejected by gates', broken(evaluated.evaluation));

  const deployment = await board.stage('deploy', async () => {
    const approval = await askApproval(story, evaluated);
    if (!approval.approved) return approval;
    const challenger = await register(story, { prepared, trained, evaluated, approval });
    return rollOut(story, evaluated, challenger);
  });
  if ('approved' in deployment) return end(story, 'not approved', deployment.reason);
  if (!deployment.deployment) return end(story, 'rolled back', deployment.reason);

  await board.stage('monitor', () => watchOver(story));
  return end(story, 'deployed', deployment.reason, deployment.deployment);
}

async function preflight({ board, scope }: Story): Promise<void> {
  const { checks, ceilingUsd } = await quick('Look whether everything is in place').preflight(scope);
  board.say(...checks);
  if (ceilingUsd !== undefined) board.say(`costs at most ${ceilingUsd.toFixed(2)} USD`);
}

async function collect({ board, scope }: Story): Promise<Collected> {
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

async function prepare({ board, scope }: Story, { snapshots }: Collected): Promise<Prepared> {
  const prepared = await data('Make features, split and fit').prepareData({ ...scope, snapshots });
  const { rows, positives, features } = prepared;
  board.say(
    `${rows.train} rows to train, ${rows.validation} to validate, ${rows.test} to test; ${features.length} features`,
    `positive labels: ${[positives.train, positives.validation, positives.test].map((share) => `${(100 * share).toFixed(1)} %`).join(', ')}`,
  );
  return prepared;
}

async function askApproval(story: Story, { evaluation }: Evaluated): Promise<Approval> {
  const manual = story.scope.frozen.plan.approve.mode === 'manual';
  if (manual && !story.input.topicArn) await watchOver(story);
  const topicArn = story.watching?.topicArn ?? story.input.topicArn;
  const approval = await approve(story.scope, evaluation, topicArn, story.board);
  story.board.say(`${approval.approved ? 'approved' : 'not approved'} by ${approval.by}: ${approval.reason}`);
  return approval;
}

async function register(
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

async function rollOut({ input, scope, board }: Story, evaluated: Evaluated, challenger: Kept): Promise<RolloutResult> {
  const { model, frozen } = scope;
  const label = String(scope.cycle);
  const workflowId = rolloutWorkflowId(model, label);
  board.change({ rollout: workflowId });
  try {
    const result = await executeChild(rollout, {
      workflowId,
      args: [{ model, frozen, label, kind: 'canary', champion: input.champion, challenger, versions: input.versions }],
      parentClosePolicy: 'REQUEST_CANCEL',
      staticSummary: `Version ${challenger.version.version} of ${model}, from cycle ${scope.cycle}`,
      typedSearchAttributes: [
        { key: MODEL, value: model },
        { key: TRIGGER, value: input.trigger },
        { key: MODEL_VERSION, value: challenger.version.version },
      ],
    });
    if (result.deployment) evaluated.keepModel();
    board.say(result.reason);
    return result;
  } catch (error) {
    // The endpoint was left in a state that nobody knows: it may still refer to the model.
    if (!isCancellation(error)) evaluated.keepModel();
    throw error;
  }
}

/** Topic, alarms and dashboard. They never unseat a version that serves: trouble is told, and the next cycle tries again. */
async function watchOver(story: Story): Promise<void> {
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

async function end(story: Story, outcome: Outcome, reason: string, deployment?: Deployment): Promise<CycleResult> {
  if (!deployment) story.problems.push(...(await story.undos.run()));
  story.board.end(outcome);
  return { outcome: told(story, outcome, reason, deployment), deployment, watching: story.watching };
}

function asEnd(story: Story, error: unknown): unknown {
  const { board } = story;
  if (isCancellation(error)) {
    board.end('cancelled');
    return error;
  }
  const { type, message } = why(error);
  const failed = board.progress.stage;
  board.say(message);
  board.end('failed');
  const outcome = { ...told(story, 'failed', `${failed}: ${message}`), failure: type };
  const result: CycleResult = { outcome, watching: story.watching };
  return ApplicationFailure.create({ message, type, nonRetryable: true, details: [result] });
}

function told({ input, scope, board, ...story }: Story, outcome: Outcome, reason: string, deployment?: Deployment) {
  const { evaluation, startedAt, stage } = board.progress;
  return {
    cycle: scope.cycle,
    outcome,
    trigger: input.trigger,
    by: input.by,
    asOf: scope.asOf,
    startedAt,
    endedAt: now(),
    reason,
    stage,
    version: deployment?.champion.kept.version.version,
    metrics: evaluation?.challenger,
    evaluation: evaluation && { sha256: evaluation.sha256, report: evaluation.report },
    costUsd: story.costUsd,
    problems: story.problems.length ? [...story.problems] : undefined,
  } satisfies CycleOutcome;
}
