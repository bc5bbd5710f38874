/** Whole rollouts on the laptop cloud: real endpoints, captures and metrics, and versions that do as a file says. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import type { NativeConnection } from '@temporalio/worker';
import { create } from 'tar';
import type { Deps } from '../../src/activities/deps.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { EndpointShape, FrozenPlan, ObjectRef, Version } from '../../src/activities/types.ts';
import { instancesOf } from '../../src/aws/endpoint-shapes.ts';
import { describeEndpoint } from '../../src/aws/endpoints.ts';
import { invoke } from '../../src/aws/invoke.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { predictionCounts, valueCountRows } from '../../src/data/value-counts.ts';
import { keys, rolloutWorkflowId } from '../../src/names.ts';
import { connect, ensureSearchAttributes } from '../../src/operations/connect.ts';
import type { Operator } from '../../src/operations/types.ts';
import { connectWorker, createWorkers, type Workers } from '../../src/temporal/worker.ts';
import { rolloutProgress } from '../../src/workflows/messages.ts';
import type { RolloutInput, rollout } from '../../src/workflows/rollout.ts';
import type { Champion, Kept, RolloutProgress } from '../../src/workflows/shapes.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { long } from '../support/long.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';
import { until } from '../support/until.ts';
import { workflowBundle } from '../workflows/theatre.ts';

const model = 'rollout-rides';
type Doing = 'good' | 'slow' | 'same' | 'upside down';

/** Answers a hundredth of the distance, unless the file says otherwise. */
const script = (file: string) => `
import json, time

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return json.loads(body)["instances"]

def predict_fn(instances, model):
    with open(${JSON.stringify(file)}) as told:
        doing = told.read()
    if doing == "slow":
        time.sleep(0.7)
    shares = [instance["distance"] / 100 for instance in instances]
    if doing == "same":
        shares = [0.25 for _ in shares]
    if doing == "upside down":
        shares = [0.99 - share for share in shares]
    return [{"probability": share, "label": share >= 0.5} for share in shares]

def output_fn(predictions, accept):
    return json.dumps({"predictions": predictions}), "application/json"
`;

describe('a whole rollout', function () {
  this.timeout(240_000);
  let deps: Deps;
  let acts: ReturnType<typeof createActivities>;
  let folder: string;
  let operator: Operator;
  let connection: NativeConnection;
  let worker: Workers;
  let working: Promise<void>;
  let predictions: ObjectRef;
  let evaluation: ObjectRef;
  let champion: Champion;
  const failures: string[] = [];
  let asking = true;
  let traffic: Promise<unknown>;

  const frozenWith = (rules: Readonly<Record<string, unknown>>): FrozenPlan => {
    const rollout = { steps: [50, 100], bake: '4s', minRows: 10, maxLatencyP99: '600ms', ...rules };
    const scaling = { max: 6, requestsPerMinute: 6000 };
    return ridesScope(ridesPlan(model, { deploy: { rollout, scaling } })).frozen;
  };
  const fileOf = (version: number) => join(folder, `v${version}.txt`);
  const does = (version: number, doing: Doing) => writeFile(fileOf(version), doing);

  async function kept(number: number): Promise<Kept> {
    await does(number, 'good');
    const code = join(folder, `v${number}`, 'code');
    await mkdir(code, { recursive: true });
    await writeFile(join(code, 'inference.py'), script(fileOf(number)));
    const archive = join(folder, `v${number}.tar.gz`);
    await create({ file: archive, cwd: join(folder, `v${number}`), gzip: true }, ['code']);
    const artifact = (await deps.store.putFile(keys.cycle(model, number, 'model.tar.gz'), archive)).uri;
    const name = `${model}-${number}-model`;
    const { frozen, ...scope } = ridesScope(ridesPlan(model), number);
    await run(acts.createModel, { ...scope, frozen, name, artifact, algorithm: 'script' });
    const facts = { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 } as const;
    const version = { version: number, modelName: name, artifact, cycle: number, facts, predictions, evaluation };
    return { version: { ...version, registeredAt: new Date().toISOString() } as Version, metrics: {} };
  }

  before(async () => {
    const bundle = await workflowBundle();
    deps = await laptopDeps();
    acts = createActivities(deps);
    folder = await mkdtemp(join(tmpdir(), 'rollout-'));
    const shares = Array.from({ length: 1000 }, (_, row) => (row % 100) / 100);
    predictions = await withDuckDB(async (duck) => {
      const path = duck.path('predictions.parquet');
      await duck.writeParquet(
        valueCountRows(predictionCounts({ target: { problem: 'binary' }, values: shares })),
        path,
      );
      return deps.store.putFile(keys.cycle(model, 1, 'predictions.parquet'), path);
    });
    const smoke = {
      instances: [{ distance: 10 }, { distance: 60 }],
      predictions: [
        { probability: 0.1, label: false },
        { probability: 0.6, label: true },
      ],
    };
    evaluation = await deps.store.putText(keys.cycle(model, 1, 'evaluation.json'), JSON.stringify({ smoke }));
    operator = await connect({ taskQueue: model });
    await ensureSearchAttributes(operator);
    const connected = await connectWorker();
    connection = connected.connection;
    const api = { url: 'http://api/predictions', apiId: 'api', keyId: 'key' };
    const activities = { ...acts, ensureApi: async () => api };
    const parts = { ...connected, activities, taskQueue: model, workflowBundle: bundle };
    worker = await createWorkers(parts, { shutdownGraceTime: 0, shutdownForceTime: 2_000 });
    working = worker.run();

    const first = await kept(1);
    const serving: EndpointShape = { endpoint: model, config: `${model}-1-full`, weights: { v1: 100 } };
    const frozen = frozenWith({});
    await run(acts.submitEndpoint, { frozen, shape: serving, versions: [first.version] });
    await watch(acts.watchEndpoint, { shape: serving });
    await run(acts.scaleEndpoint, { frozen, shape: serving });
    champion = { kept: first, since: new Date().toISOString(), serving, frozen };
    traffic = Promise.all([ask(0), ask(50)]);
  });
  after(async () => {
    asking = false;
    await traffic;
    await run(acts.deleteEndpoint, { endpoint: model });
    worker?.shutdown();
    await working;
    await connection.close();
    await operator.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Callers ask one small request after another, all through the tests. */
  async function ask(from: number): Promise<void> {
    for (let asked = from; asking; asked++) {
      const body = JSON.stringify({ instances: [{ distance: (asked * 37) % 100 }] });
      await invoke(deps.aws.runtime, { endpoint: model }, body).catch((error: Error) => failures.push(error.message));
    }
  }

  async function roll(
    number: number,
    rules: Readonly<Record<string, unknown>>,
    meanwhile?: (p: RolloutProgress) => boolean,
    doing?: Doing,
  ) {
    const challenger = await kept(number);
    const frozen = frozenWith(rules);
    const label = String(number);
    const versions = [champion.kept];
    const input: RolloutInput = { model, frozen, label, kind: 'canary', champion, challenger, versions };
    const handle = await operator.client.workflow.start<typeof rollout>('rollout', {
      workflowId: rolloutWorkflowId(model, label),
      taskQueue: model,
      args: [input],
    });
    if (meanwhile && doing) {
      await until('the step', async () => meanwhile(await handle.query(rolloutProgress)), 120_000);
      await does(number, doing);
    }
    return handle.result();
  }
  const now = async () => instancesOf((await describeEndpoint(deps.aws.sagemaker, model)) ?? assert.fail());
  const scaled = async () => {
    const found = await deps.aws.autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
    );
    return found.ScalableTargets?.filter(({ ResourceId }) => ResourceId?.includes(model)).map(
      ({ ResourceId, MinCapacity, MaxCapacity }) => `${ResourceId?.split('/').at(-1)} ${MinCapacity}–${MaxCapacity}`,
    );
  };

  const ill: readonly [Doing, string, (progress: RolloutProgress) => boolean, RegExp][] = [
    ['slow', 'at its first step', ({ lines }) => lines.length > 1, /p99 latency is/],
    ['upside down', 'at its last step', ({ weights }) => weights.v1 === 0, /it disagrees with the champion/],
    [
      'same',
      'on probation',
      ({ lines }) => lines.filter((line) => /foretold/.test(line)).length === 2,
      /answers lie elsewhere|0\.25 to everything/,
    ],
  ];
  for (const [at, [doing, when, step, reason]] of ill.entries())
    it(`goes back by itself when the version turns out ${doing} ${when}${long(doing !== 'slow')}`, async () => {
      const seen = await roll(2 + at, { probation: '4s' }, step, doing);
      assert.equal(seen.outcome, 'rolled back');
      assert.match(seen.reason, reason);
      assert.deepEqual(await run(acts.describeEndpoint, { endpoint: model }), champion.serving);
      assert.deepEqual(await scaled(), ['v1 1–6']);
    });

  it('takes over as a shadow first, then step by step, with as many instances as the champion had, and no request fails @long', async () => {
    await deps.aws.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: model,
        DesiredWeightsAndCapacities: [{ VariantName: 'v1', DesiredInstanceCount: 3 }],
      }),
    );
    await watch(acts.watchEndpoint, { shape: champion.serving });
    failures.length = 0;
    const seen = await roll(9, { strategy: 'shadow', probation: '4s' });
    assert.equal(seen.outcome, 'deployed', seen.reason);
    assert.deepEqual(await now(), { v9: 3 });
    assert.deepEqual(await scaled(), ['v9 1–6']);
    assert.deepEqual(failures, []);
    const [shadow, ...steps] = seen.verdicts ?? [];
    assert.match(shadow?.reason ?? '', /^v9-shadow: .*equal rows it lies 0\.000 from the champion/);
    assert.deepEqual(
      steps.map(({ step, disagreement }) => `${step}: ${disagreement?.mean}`),
      ['version 9 takes 50 %: 0', 'version 9 takes 100 %: 0', 'version 9 serves alone: undefined'],
    );
  });

  // After the one before, by which the champion is gone.
  it('has the whole capacity when it goes back to a champion that was gone @long', async () => {
    const back: EndpointShape = { ...champion.serving };
    await until('the config is made anew', async () => {
      try {
        await run(acts.submitEndpoint, { frozen: champion.frozen, shape: back, versions: [champion.kept.version] });
        return true;
      } catch {
        return false;
      }
    });
    await watch(acts.watchEndpoint, { shape: back });
    assert.deepEqual(await now(), { v1: 3 });
  });
});
