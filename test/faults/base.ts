/** A model that has lived through every stage on the laptop cloud: what its activities gave is what others are asked with. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps } from '../../src/activities/deps.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities } from '../../src/activities/interface.ts';
import type {
  CycleScope,
  EndpointShape,
  Evaluation,
  JobResult,
  Prepared,
  Snapshot,
  TrainedCandidate,
  Version,
} from '../../src/activities/types.ts';
import { invoke } from '../../src/aws/invoke.ts';
import { keys } from '../../src/names.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';
import { until } from '../support/until.ts';

export const BASE = 'based-rides';

export interface Base {
  readonly deps: Deps;
  readonly act: Activities;
  /** The scope of any model on the same data. */
  readonly scope: (model: string) => CycleScope;
  readonly snapshot: Snapshot;
  readonly prepared: Prepared;
  readonly trained: TrainedCandidate;
  readonly modelName: string;
  readonly challenger: JobResult;
  readonly evaluation: Evaluation;
  readonly version: Version;
  /** Two variants of the same version. */
  readonly shape: EndpointShape;
  readonly topicArn: string;
  readonly window: { readonly from: string; readonly to: string };
}

const ROWS = 900;

export async function baseModel(): Promise<Base> {
  const deps = await laptopDeps();
  const act = createActivities(deps);
  const folder = await mkdtemp(join(tmpdir(), 'perennial-base-'));
  const uri = join(folder, 'rides.csv');
  await writeFile(uri, rides());
  const scope = (model: string): CycleScope =>
    ridesScope(
      ridesPlan(model, {
        collect: { sources: { rides: { uri, time: 'at' } }, expect: [{ rows: { min: 10 } }] },
        monitor: { notify: ['https://example.com/told'], skew: { rows: 20, max: 0.01 } },
        deploy: {
          rollout: { bake: '1s', probation: 0, maxErrorRate: 0.01, maxLatencyP99: '10s' },
          scaling: { max: 2, requestsPerMinute: 100 },
        },
      }),
    );
  const of = scope(BASE);
  const from = new Date(Date.now() - 60_000).toISOString();
  const to = new Date(Date.now() + 3_600_000).toISOString();

  const snapshot = await run(act.collectSource, { ...of, source: 'rides' });
  const prepared = await run(act.prepareData, { ...of, snapshots: [snapshot] });
  const job = await run(act.submitTraining, { ...of, job: `${BASE}-1-train`, candidate: 0, prepared });
  const { result } = await watch(act.watchJob, job);
  const trained: TrainedCandidate = { ...result, candidate: 'xgboost', algorithm: 'xgboost' };
  const modelName = `${BASE}-1-model`;
  await run(act.createModel, { ...of, name: modelName, artifact: result.output, algorithm: 'xgboost' });
  const scored = { ...of, job: `${BASE}-1-score`, modelName, input: prepared.testInputs };
  const { result: challenger } = await watch(act.watchJob, await run(act.submitTransform, scored));
  const evaluation = await run(act.judge, { ...of, prepared, trained, challenger });
  const approved = { modelName, trained, prepared, evaluation, approvedBy: 'ada' };
  const version = await run(act.registerVersion, { ...of, ...approved });
  const second = { ...version, version: 2 };
  const shape: EndpointShape = { endpoint: BASE, config: `${BASE}-1-canary`, weights: { v1: 90, v2: 10 } };
  await run(act.submitEndpoint, { frozen: of.frozen, shape, versions: [version, second] });
  await watch(act.watchEndpoint, { shape });
  const { topicArn } = await run(act.ensureObservability, { frozen: of.frozen, endpoint: BASE });
  const lines = (await deps.store.getText(prepared.testInputs)).trim().split('\n').slice(0, 30);
  for (const line of lines)
    await invoke(deps.aws.runtime, { endpoint: BASE, variant: 'v1' }, `{"instances":[${line}]}`);
  const captures = `${keys.capture(BASE)}/`;
  await until('captures', async () => (await deps.store.list(captures)).length > 0);
  return {
    ...{ deps, act, scope, snapshot, prepared, trained, modelName, challenger, evaluation, version, shape, topicArn },
    window: { from, to },
  };
}

/** Rides that are late when they are long and in the evening. */
function rides(): string {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const [distance, hour] = [(at * 7919) % 100, (at * 31) % 24];
    const late = distance / 100 + hour / 24 + ((at * 104_729) % 97) / 97 > 1.6;
    return `2025-12-${String(1 + (at % 28)).padStart(2, '0')}T00:00:00,${distance},${hour},${late}`;
  });
  return `at,distance,hour,late\n${rows.join('\n')}\n`;
}
