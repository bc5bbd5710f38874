/** Monitor: live requests asked again, to see whether serving does with them what training would have done. */
import { mkdir } from 'node:fs/promises';
import { ApplicationFailure } from '@temporalio/common';
import { invoke } from '../aws/invoke.ts';
import { breathing } from '../data/breath.ts';
import { type Duck, withDuckDB } from '../data/duckdb.ts';
import { parseJson, scoresOf } from '../data/predictions.ts';
import { type FeatureRow, type Instance, readTransform, trainingFeatures } from '../data/replay.ts';
import { differences, judgeSkew, type Replayed } from '../data/skew.ts';
import { unpack } from '../data/unpack.ts';
import { keys, PROBE, passId, variantName } from '../names.ts';
import { chosenRows } from './chosen.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { type Progress, reporting } from './progress.ts';
import type { SkewReport, Target } from './types.ts';

type Input = Parameters<Activities['replaySkew']>[0];
type SkewDeps = Pick<Deps, 'store' | 'log'> & { readonly aws: Pick<Deps['aws'], 'runtime'> };

/** Asks the container for the features that it computed: see container/inference.py. */
const ACCEPT = 'application/json; perennial=features';
const AT_ONCE = 20;
/** So many of the differing rows are kept in the object, whole. */
const EXAMPLES = 20;

export const skewActivities = (deps: SkewDeps): Pick<Activities, 'replaySkew'> => ({
  replaySkew: (input) =>
    reporting('looking for captured requests', (progress) =>
      withDuckDB((duck) => replay(deps, duck, input, progress), { signal: progress.signal }),
    ),
});

async function replay(
  { store, aws, log }: SkewDeps,
  duck: Duck,
  input: Input,
  { say, signal }: Progress,
): Promise<SkewReport> {
  const { frozen, endpoint, champion, to } = input;
  const { model, monitor } = frozen.plan;
  const { skew } = monitor;
  const chosen = skew.rows === 0 ? [] : await chosenRows(store, input, breathing(signal));
  if (chosen.length === 0) return { rows: 0, differing: 0, findings: [], columns: [] };
  const instances = chosen.map(({ instance }) => instance);

  say(`computing the features of ${instances.length} live rows as in training`);
  const folder = duck.path('transform');
  await mkdir(folder);
  await store.getFile(
    store.uri(keys.cycle(model, champion.cycle, 'prepared', 'transform.tar.gz')),
    duck.path('transform.tar.gz'),
  );
  await unpack(duck.path('transform.tar.gz'), folder);
  const transform = await readTransform(folder);
  const trained = await trainingFeatures(duck, { transform, folder }, instances);

  say(`asking ${endpoint} about ${instances.length} live rows again`);
  const ask = (batch: readonly Instance[]) =>
    askAgain(aws.runtime, { endpoint, champion }, batch, champion.facts.target);
  const answers: Answer[] = [];
  for (let at = 0; at < instances.length; at += AT_ONCE) {
    signal.throwIfAborted();
    answers.push(...(await ask(instances.slice(at, at + AT_ONCE))));
  }
  const replayed = chosen.map(
    ({ scores }, at): Replayed => ({ trained: trained[at] as FeatureRow, before: scores, ...answers[at] }),
  );
  const differing = replayed.map(differences);
  const judged = judgeSkew(differing, { max: skew.max, version: champion.version });
  const examples = replayed
    .map((one, at) => ({ instance: instances[at], names: differing[at] as string[], one }))
    .filter(({ names }) => names.length > 0)
    .slice(0, EXAMPLES)
    .map(({ instance, names, one }) => ({
      ...{ instance, prediction: { captured: one.before, replayed: one.now ?? null } },
      features: Object.fromEntries(
        names
          .filter((name) => Object.hasOwn(one.trained, name))
          .map((name) => [name, { training: one.trained[name], serving: one.served?.[name] ?? null }]),
      ),
    }));
  const details = {
    format: 1,
    version: champion.version,
    features: transform.features.length,
    told: told(replayed),
    ...judged,
  };
  const object = await store.putText(
    keys.monitor(model, passId(to), 'skew.json'),
    `${JSON.stringify({ ...details, examples }, undefined, 1)}\n`,
    'application/json',
  );
  log.info({ model, version: champion.version, rows: judged.rows, differing: judged.differing }, 'replayed for skew');
  return { ...judged, object };
}

/** How many rows came back with their features: none of a model whose code is older. */
const told = (replayed: readonly Replayed[]): number => replayed.filter(({ served }) => served).length;

type Answer = Pick<Replayed, 'served' | 'now'>;

/** Instances that are refused now, though they were answered before, come back without an answer. */
async function askAgain(
  runtime: Deps['aws']['runtime'],
  { endpoint, champion }: Pick<Input, 'endpoint' | 'champion'>,
  instances: readonly Instance[],
  target: Target,
): Promise<Answer[]> {
  const asked = {
    ...{ endpoint, variant: variantName(champion.version), accept: ACCEPT },
    id: PROBE,
  };
  try {
    const answer = parseJson(await invoke(runtime, asked, JSON.stringify({ instances }))) as {
      predictions?: readonly unknown[];
      features?: readonly FeatureRow[];
    };
    return instances.map((_, index) => ({
      now: scoresOf(answer?.predictions?.[index], target),
      served: answer?.features?.[index],
    }));
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'InvalidRequest') throw error;
    if ((error.details?.[0] as { error?: string } | undefined)?.error !== 'ModelError') throw error;
    return instances.map(() => ({}));
  }
}
