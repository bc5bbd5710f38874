/** Whether a new version serves well: the predictions it was approved for, and what it does under traffic. */
import { ApplicationFailure } from '@temporalio/common';
import { invoke } from '../aws/invoke.ts';
import { breathing } from '../data/breath.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { permanent } from '../failures.ts';
import { PROBE, shadowName, variantName } from '../names.ts';
import { judgeAnswers } from './canary-answers.ts';
import { judgeQuality } from './canary-quality.ts';
import { judgeDisagreement, judgeShadow } from './canary-rivals.ts';
import { answered } from './canary-seen.ts';
import { judgeService, type Said } from './canary-service.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import { compare, readSmoke } from './smoke.ts';
import type { CanaryLook, CanaryVerdict } from './types.ts';

type Judge = Pick<Deps, 'store'> & { readonly aws: Pick<Deps['aws'], 'cloudWatch' | 'runtime'> };

export const canaryActivities = (deps: Judge): Pick<Activities, 'smokeTest' | 'judgeCanary'> => ({
  async smokeTest({ endpoint, version }) {
    const variant = variantName(version.version);
    const who = `${endpoint}/${variant}`;
    const smoke = readSmoke(await deps.store.getText(version.evaluation), version.evaluation.uri);
    const answer = await asRolloutFailure(who, () =>
      invoke(deps.aws.runtime, { endpoint, variant, id: PROBE }, JSON.stringify({ instances: smoke.instances })),
    );
    return { predictions: compare(who, smoke.predictions, answer) };
  },

  judgeCanary: (look) => reporting('asking CloudWatch', (progress) => judge(deps, look, progress)),
});

/** What is cheap comes first, and what is wrong already needs no more evidence. */
async function judge(deps: Judge, look: CanaryLook, progress: Progress): Promise<CanaryVerdict> {
  const { frozen, version, shadow } = look;
  const variant = shadow ? shadowName(version.version) : variantName(version.version);
  const { said, wrong, ...service } = await judgeService(deps.aws, look, variant);
  const evidence =
    wrong.length > 0 || look.by === 'service'
      ? { parts: [] }
      : frozen.plan.deploy.capture === 0
        ? { parts: [{ said: 'not judged by its answers: nothing is captured', wrong: [] }] }
        : await withDuckDB((duck) => judgeBehaviour(deps, duck, { look, variant }, progress), {
            signal: progress.signal,
          });
  const { parts, ...found } = evidence;
  return { ...service, ...found, ...worded(variant, [{ said, wrong }, ...parts]) };
}

async function judgeBehaviour(
  { store, aws }: Judge,
  duck: Duck,
  { look, variant }: { look: CanaryLook; variant: string },
  progress: Progress,
) {
  const { frozen, endpoint, version, champion: old, began, since, shadow, championShift: lastShift } = look;
  const { plan } = frozen;
  const { rollout } = plan.deploy;
  const breathe = breathing(progress.signal);
  const to = new Date().toISOString();
  const seen = { model: plan.model, endpoint, began, since, to };
  progress.say('reading what was answered');
  const challenger = await answered(store, { ...seen, version, variant }, progress, breathe);
  const champion =
    old && (await answered(store, { ...seen, version: old, variant: variantName(old.version) }, progress, breathe));
  const answers = await judgeAnswers({ store, duck }, rollout, { challenger, champion, lastShift });
  const parts: Said[] = [answers];
  if (answers.wrong.length > 0) return { parts, shift: answers.shift };

  progress.say('asking both the same');
  // A champion that predicts something else is nobody to agree with.
  const alike = champion?.version.facts.target.problem === version.facts.target.problem ? champion : undefined;
  const apart =
    alike &&
    (shadow
      ? judgeShadow(rollout, { challenger, champion: alike })
      : await judgeDisagreement(aws.runtime, { endpoint, rollout }, { challenger, champion: alike }));
  if (apart) parts.push(apart);
  progress.say('measuring quality');
  const quality =
    shadow || (old && !alike) ? undefined : await judgeQuality(plan, { challenger, champion: alike }, breathe);
  if (quality) parts.push(quality);
  return {
    parts,
    ...(answers.shift && { shift: answers.shift }),
    ...(apart?.disagreement && { disagreement: apart.disagreement }),
    ...(quality?.quality && { quality: quality.quality }),
  };
}

function worded(variant: string, parts: readonly Said[]): Pick<CanaryVerdict, 'healthy' | 'reason'> {
  const wrong = parts.flatMap((part) => part.wrong);
  const saw = parts
    .filter(({ said }) => !wrong.some((one) => one.includes(said)))
    .map(({ said }) => said)
    .join('; ');
  const reason = wrong.length > 0 ? `${wrong.join(', and ')} (${saw})` : saw;
  return { healthy: wrong.length === 0, reason: `${variant}: ${reason}` };
}

/** A model that refuses or breaks is a failed rollout; an endpoint that is out of reach is waited for. */
async function asRolloutFailure<T>(who: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'InvalidRequest')
      throw permanent('RolloutFailed', `${who} does not answer its smoke test: ${error.message}`);
    throw error;
  }
}
