/** Every activity with something to do: what it is asked, and what must be there before. */
import type { Activities } from '../../src/activities/interface.ts';
import type { EndpointShape, FrozenPlan, LedgerEntry } from '../../src/activities/types.ts';
import { ensureConfig } from '../../src/aws/endpoint-configs.ts';
import { NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { modelTags } from '../../src/aws/tags.ts';
import { keys } from '../../src/names.ts';
import { run } from '../support/activities.ts';
import { ridesPlan } from '../support/rides.ts';
import { until } from '../support/until.ts';
import { BASE, type Base } from './base.ts';

export interface Case<K extends keyof Activities> {
  /** `model` is new at every run, so that what is made is made anew. */
  readonly input: (base: Base, model: string) => Parameters<Activities[K]>[0] | Promise<Parameters<Activities[K]>[0]>;
  readonly before?: (base: Base, model: string) => Promise<unknown>;
  /** Ends what would go on, such as an endpoint. */
  readonly after?: (base: Base, model: string) => Promise<unknown>;
  /** Of what takes a second or more, every so many calls meet a fault. */
  readonly every?: number;
  /** It tells what it has deleted, of which an attempt that was not heard of has told nobody, or what was spent by now. */
  readonly tells?: true;
}

const shapeOf = (model: string): EndpointShape => ({
  endpoint: model,
  config: `${model}-1-full`,
  weights: { v1: 100 },
});
const removeEndpoint = ({ act }: Base, model: string) =>
  until('the endpoint takes its end', () =>
    run(act.deleteEndpoint, { endpoint: model }).then(
      () => true,
      () => false,
    ),
  );
const entry = (seq: number, previous = NO_PREVIOUS): LedgerEntry => ({
  ...{ seq, previous, at: '2026-01-01T00:00:00.000Z', by: 'ada', event: 'plan applied' },
  facts: { planHash: 'ab'.repeat(32) },
});
const frozenOf = (base: Base, model: string): FrozenPlan => base.scope(model).frozen;
const makeModel = ({ act, scope, trained }: Base, model: string) =>
  run(act.createModel, { ...scope(model), name: `${model}-1-model`, artifact: trained.output, algorithm: 'xgboost' });
const tuned = ({ scope }: Base, model: string) => {
  const { asOf, cycle, frozen } = scope(model);
  const { objective, instance } = frozen.plan.train;
  const tune = { parameters: { max_depth: [2, 4] }, jobs: 2, parallel: 1 };
  const plan = ridesPlan(model, { train: { objective, instance, candidates: [{ algorithm: 'xgboost', tune }] } });
  return { model, asOf, cycle, frozen: { ...frozen, plan } };
};
const serving = (base: Base) => ({ frozen: frozenOf(base, BASE), endpoint: BASE });
const look = (only: string) => ({
  living: [],
  only,
  now: new Date(Date.now() + 7_200_000).toISOString(),
  olderThan: 0,
});

const [ORIGIN, LATER] = ['2025-12-10T00:00:00.000Z', '2025-12-20T00:00:00.000Z'];
const laterRows = ({ scope, snapshot, prepared }: Base, model: string) => ({
  ...{ ...scope(model), cycle: 'b1-1' as const, snapshots: [snapshot], prepared },
  windows: [{ from: ORIGIN, to: LATER }],
});

export const CASES: { readonly [K in keyof Activities]: Case<K> } = {
  // First those that look at everything, while it is little.
  findOrphans: { before: makeModel, input: (_, model) => look(model), every: 25 },
  deleteOrphans: {
    before: makeModel,
    input: (_, model) => ({ ...look(model), found: [{ kind: 'model', name: `${model}-1-model`, model, why: '' }] }),
    every: 25,
    tells: true,
  },
  removeModel: {
    before: async (base, model) => {
      await makeModel(base, model);
      await run(base.act.ensureApi, { frozen: frozenOf(base, model), endpoint: BASE });
      await run(base.act.ensureObservability, { frozen: frozenOf(base, model), endpoint: model });
    },
    input: (_, model) => ({ model, endpoint: model }),
    every: 25,
    tells: true,
  },
  preflight: { input: ({ scope }, model) => scope(model) },
  collectSource: { input: ({ scope }, model) => ({ ...scope(model), source: 'rides' }), every: 3 },
  checkExpectations: { input: ({ scope, snapshot }, model) => ({ ...scope(model), snapshots: [snapshot] }) },
  catalogSnapshots: { input: ({ scope, snapshot }, model) => ({ ...scope(model), snapshots: [snapshot] }) },
  prepareData: { input: ({ scope, snapshot }, model) => ({ ...scope(model), snapshots: [snapshot] }), every: 7 },
  submitTraining: {
    input: ({ scope, prepared }, model) => ({ ...scope(model), job: `${model}-1-train`, candidate: 0, prepared }),
  },
  submitTuning: {
    input: (base, model) => ({ ...tuned(base, model), job: `${model}-1-tune`, candidate: 0, prepared: base.prepared }),
  },
  watchJob: { input: () => ({ kind: 'training', name: `${BASE}-1-train` }) },
  stopJob: {
    before: ({ act, scope, prepared }, model) =>
      run(act.submitTraining, { ...scope(model), job: `${model}-1-run`, candidate: 0, prepared }),
    input: (_, model) => ({ kind: 'training', name: `${model}-1-run` }),
    tells: true,
  },
  stopJobsOf: {
    before: ({ act, scope, prepared }, model) =>
      run(act.submitTraining, { ...scope(model), job: `${model}-1-lost`, candidate: 0, prepared }),
    input: (_, model) => ({ model, cycle: 1 }),
    every: 5,
    tells: true,
  },
  createModel: {
    input: ({ scope, trained }, model) => ({
      ...scope(model),
      ...{ name: `${model}-1-model`, artifact: trained.output, algorithm: 'xgboost' },
    }),
  },
  deleteModel: { before: makeModel, input: (_, model) => ({ name: `${model}-1-model` }) },
  submitTransform: {
    input: ({ scope, modelName, prepared }, model) => ({
      ...scope(model),
      ...{
        job: `${model}-1-score`,
        modelName,
        input: { ...prepared.testInputs, uri: `${prepared.testInputs.uri}.none` },
      },
    }),
  },
  judge: {
    input: ({ scope, prepared, trained, challenger }, model) => ({ ...scope(model), prepared, trained, challenger }),
    every: 4,
  },
  registerVersion: {
    input: ({ scope, modelName, trained, prepared, evaluation }, model) => ({
      ...scope(model),
      ...{ modelName, trained, prepared, evaluation, approvedBy: 'ada', reason: 'better' },
    }),
  },
  describeEndpoint: { input: () => ({ endpoint: BASE }) },
  submitEndpoint: {
    input: (base, model) => ({ frozen: frozenOf(base, model), shape: shapeOf(model), versions: [base.version] }),
    after: removeEndpoint,
  },
  shiftTraffic: { input: ({ shape }) => ({ shape: { ...shape, weights: { v1: 50, v2: 50 } } }) },
  watchEndpoint: { input: ({ shape }) => ({ shape: { ...shape, weights: { v1: 50, v2: 50 } } }) },
  smokeTest: { input: (base) => ({ ...serving(base), version: base.version }) },
  judgeCanary: {
    input: (base) => ({
      ...{ ...serving(base), version: { ...base.version, version: 2 }, champion: base.version, by: 'all' },
      ...{ began: base.window.from, since: base.window.from },
    }),
  },
  scaleEndpoint: { input: (base) => ({ frozen: frozenOf(base, BASE), shape: base.shape }) },
  ensureApi: { input: (base, model) => ({ frozen: frozenOf(base, model), endpoint: BASE }), every: 2 },
  retireVersions: {
    before: async (base, model) => {
      await makeModel(base, model);
      const variants = [{ name: 'v1', modelName: `${model}-1-model`, weight: 100, count: 1 }];
      const capture = { share: 0, uri: base.deps.store.uri('capture') };
      const config = { name: `${model}-1-full`, variants, shadows: [], instanceType: 'ml.m5.large', capture };
      await ensureConfig(base.deps.aws.sagemaker, config, modelTags(model));
    },
    input: ({ version }, model) => ({
      ...{ model, endpoint: model, keep: [], retire: [{ ...version, modelName: `${model}-1-model` }] },
    }),
    every: 3,
  },
  deleteEndpoint: {
    before: (base, model) =>
      run(base.act.submitEndpoint, { frozen: frozenOf(base, model), shape: shapeOf(model), versions: [base.version] }),
    input: (_, model) => ({ endpoint: model }),
    every: 3,
  },
  watchGone: { input: (_, model) => ({ endpoint: model }) },
  ensureObservability: { input: (base, model) => ({ frozen: frozenOf(base, model), endpoint: BASE }), every: 2 },
  inspectModel: {
    input: (base, model) => ({ ...serving(base), champion: base.version, id: model, ...base.window, changing: true }),
    every: 3,
  },
  replaySkew: { input: (base) => ({ ...serving(base), champion: base.version, ...base.window }), every: 3 },
  notify: {
    input: (base) => ({ ...{ frozen: frozenOf(base, BASE), topicArn: base.topicArn }, subject: 'x', message: 'y' }),
  },
  cutLaterRows: { input: laterRows, every: 3 },
  measureStaleness: {
    input: async (base, model) => {
      const { act, deps, trained } = base;
      const later = await run(act.cutLaterRows, laterRows(base, model));
      const asked = (await deps.store.getText(later.inputs)).trim().split('\n');
      const output = keys.backtest(model, '1', 'scored');
      const answers = asked.map((_, at) => JSON.stringify({ probability: (at % 10) / 10, label: at % 10 >= 5 }));
      await deps.store.putText(`${output}/${later.inputs.uri.split('/').at(-1)}.out`, `${answers.join('\n')}\n`);
      const scored = { ...base.challenger, output: deps.store.uri(output) };
      const origin = { origin: 0, asOf: ORIGIN, candidate: 'xgboost', artifact: trained.output, scored, later };
      return {
        ...{ model, frozen: base.scope(model).frozen, backtest: '1', calendar: 'daily', horizon: 1 },
        ...{ instants: [ORIGIN, LATER], origins: [{ ...origin, costUsd: 0.1 }], failed: {} },
      };
    },
    every: 2,
  },
  record: { input: (base, model) => ({ model, entry: entry(1), plan: frozenOf(base, model) }) },
  recall: {
    before: ({ act, ...base }, model) => run(act.record, { model, entry: entry(1), plan: base.scope(model).frozen }),
    input: (_, model) => ({ model }),
  },
};
