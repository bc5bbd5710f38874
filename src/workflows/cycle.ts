/** One cycle: plan, collect, prepare, train, evaluate, deploy, monitor. The champion is touched by nothing before deploy. */
import { setHandler } from '@temporalio/workflow';
import type { CycleScope } from '../activities/types.ts';
import { Board, now } from './board.ts';
import { asEnd, end } from './ending.ts';
import { broken, evaluate } from './evaluate.ts';
import { areYouThere } from './messages.ts';
import type { CycleResult } from './shapes.ts';
import { askApproval, collect, listenForHolds, preflight, prepare, register, rollOut, watchOver } from './stages.ts';
import type { CycleInput, Story } from './story.ts';
import { train } from './train.ts';
import { Undos } from './undo.ts';
import { asCancelled } from './why.ts';

/**
 * Gives how it ended; a cycle that fails throws the failure with its `CycleResult` as the first detail. Cancelled or
 * failed, it stops its jobs and removes what it half made.
 */
export async function cycle(input: CycleInput): Promise<CycleResult> {
  const { model, frozen, trigger, by, reason } = input;
  const scope: CycleScope = { model, cycle: input.cycle, asOf: input.asOf ?? now(), frozen };
  const board = new Board({ cycle: input.cycle, model, trigger, by, reason, asOf: scope.asOf, planHash: frozen.hash });
  const story: Story = { input, scope, board, undos: new Undos(), held: input.held ?? false, problems: [] };
  listenForHolds(story);
  setHandler(areYouThere, () => {});
  try {
    return await sevenStages(story);
  } catch (failed) {
    const error = asCancelled(failed);
    story.problems.push(...(await story.undos.run()));
    throw await asEnd(story, error);
  }
}

async function sevenStages(story: Story): Promise<CycleResult> {
  const { board, scope, undos, input } = story;
  await board.stage('plan', () => preflight(story));
  const collected = await board.stage('collect', () => collect(story));
  const prepared = await board.stage('prepare', () => prepare(story, collected));
  const trained = await board.stage('train', () => train(scope, prepared, board));

  const champion = input.champion?.kept.version;
  const evaluated = await board.stage('evaluate', () => evaluate(scope, { prepared, trained, champion }, undos, board));
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
