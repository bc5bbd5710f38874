/** A small world of activities for tests of workflows: it keeps jobs, models and an endpoint, and notes every call. */
import type { Activities } from '../../src/activities/interface.ts';
import { remembered } from '../../src/activities/remembered.ts';
import type {
  EndpointShape,
  Evaluation,
  Finding,
  FrozenPlan,
  JobKind,
  JobResult,
  LedgerEntry,
  ModelFacts,
  MonitorReport,
  ObjectRef,
  Version,
} from '../../src/activities/types.ts';
import { canonical, hashOf, NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { notYet, permanent } from '../../src/failures.ts';

export const AN_INSTANT = '2026-01-01T00:00:00.000Z';

export const object = (name: string): ObjectRef => ({ uri: `s3://bucket/${name}`, sha256: `sha-${name}`, bytes: 1 });

export interface FakeWorld {
  readonly activities: Activities;
  /** Every call as `name subject`, in the order in which they began. */
  readonly calls: string[];
  readonly ledger: LedgerEntry[];
  readonly notices: { subject: string; message: string }[];
  /** Jobs that run or ran; `stopped` ones were stopped. */
  readonly jobs: Map<string, 'running' | 'done' | 'stopped'>;
  readonly models: Set<string>;
  /** Plans that the ledger tells of, by hash. */
  readonly plans: Map<string, FrozenPlan>;
  endpoint: EndpointShape | undefined;
  /** Calls whose text starts so. */
  called(start: string): string[];
}

/** `changes` replace single activities; each is given the world, and what it replaces as `usual`. */
export type Changes = (world: FakeWorld, usual: Activities) => Partial<Activities>;

export function fakeWorld(changes: Changes = () => ({})): FakeWorld {
  const calls: string[] = [];
  const world: FakeWorld = {
    activities: {} as Activities,
    calls,
    ledger: [],
    notices: [],
    jobs: new Map(),
    models: new Set(),
    plans: new Map(),
    endpoint: undefined,
    called: (start) => calls.filter((call) => call.startsWith(start)),
  };
  const usual = usualActivities(world);
  return Object.assign(world, { activities: noted({ ...usual, ...changes(world, usual) }, calls) });
}

function noted(activities: Activities, calls: string[]): Activities {
  const wrap = ([name, act]: [string, (input: never) => Promise<unknown>]) => [
    name,
    (input: never) => {
      calls.push(`${name} ${subjectOf(input)}`.trim());
      return act(input);
    },
  ];
  return Object.fromEntries(Object.entries(activities).map((entry) => wrap(entry as never))) as unknown as Activities;
}

/** What a call is about: the first of these that its input has. */
function subjectOf(input: Readonly<Record<string, unknown>>): string {
  const shape = input.shape as EndpointShape | undefined;
  if (shape) return `${shape.config} ${JSON.stringify(shape.weights)}`;
  const version = input.version as Version | undefined;
  if (version) return `v${version.version}${typeof input.by === 'string' ? ` ${input.by}` : ''}`;
  const entry = input.entry as LedgerEntry | undefined;
  if (entry) return `${entry.seq} ${entry.event}`;
  const retire = input.retire as Version[] | undefined;
  if (retire) return retire.map((old) => `v${old.version}`).join(' ');
  const told = input.source ?? input.job ?? input.name ?? input.subject ?? input.variant ?? input.id;
  return typeof told === 'string' ? told : '';
}

export const FACTS: ModelFacts = { sha256: 'sha-model', target: { problem: 'binary' }, threshold: 0.5 };

const metrics = { auc: { value: 0.7, low: 0.69, high: 0.71 }, log_loss: { value: 0.43, low: 0.42, high: 0.44 } };

const usualActivities = (world: FakeWorld): Activities => ({
  preflight: async () => ({ ceilingUsd: 1.5, checks: ['the bucket is there'] }),
  collectSource: async ({ source }) => ({
    source,
    data: object(`${source}.parquet`),
    manifest: object(`${source}.json`),
    rows: 1000,
    columns: [{ name: 'x', type: 'DOUBLE' }],
  }),
  checkExpectations: async () => [{ expectation: 'rows', held: true, found: '1000' }],
  catalogSnapshots: async ({ snapshots }) => snapshots.map(({ source }) => `db.${source}`),
  prepareData: async () => ({
    train: object('train'),
    validation: object('validation'),
    test: object('test'),
    testInputs: object('testInputs'),
    testLabels: object('testLabels'),
    transform: object('transform'),
    baseline: object('baseline'),
    rows: { train: 800, validation: 100, test: 100 },
    features: ['x'],
    target: { problem: 'binary' },
    labels: { train: { shares: [0.8, 0.2] }, validation: { shares: [0.8, 0.2] }, test: { shares: [0.8, 0.2] } },
    leftOut: { duplicates: 0, unlabelled: 0, outliers: {}, history: 0 },
    warnings: [],
  }),

  submitTraining: async ({ job }) => submit(world, 'training', job),
  submitTuning: async ({ job }) => submit(world, 'tuning', job),
  submitTransform: async ({ job }) => submit(world, 'transform', job),
  watchJob: async ({ kind, name }) => {
    world.jobs.set(name, 'done');
    return jobResult(kind, name);
  },
  stopJob: async ({ name }) => {
    const state = world.jobs.get(name);
    if (state !== undefined) world.jobs.set(name, 'stopped');
    return state === 'running' ? { costUsd: STOPPED_USD } : {};
  },
  stopJobsOf: async ({ model, cycle }) => {
    const running = [...world.jobs].filter(
      ([name, state]) => state === 'running' && name.startsWith(`${model}-${cycle}-`),
    );
    for (const [name] of running) world.jobs.set(name, 'stopped');
    return { asked: running.map(([name]) => name) };
  },
  createModel: async ({ name }) => {
    world.models.add(name);
    return { modelName: name };
  },
  deleteModel: async ({ name }) => {
    const served = Object.keys(world.endpoint?.weights ?? {}).map((variant) => variant.replace('v', ''));
    if (!served.some((version) => name.endsWith(`-${version}-model`))) world.models.delete(name);
  },
  judge: async ({ champion }) => evaluation(true, champion !== undefined),

  cutLaterRows: async ({ windows }) => ({
    inputs: object('later-inputs'),
    labels: object('later-labels'),
    rows: windows.map(() => 100),
    unlabelled: 0,
  }),
  measureStaleness: async ({ backtest, origins, failed }) => ({
    ...{ backtest, failed, origins: origins.length, metric: 'auc', curve: [], costUsd: 0 },
    verdict: 'nothing can be said',
    details: object('backtest.json'),
    report: object('staleness.html'),
  }),

  registerVersion: async ({ cycle, modelName, trained, frozen, prepared, evaluation: judged }) => ({
    version: cycle,
    packageArn: `arn:package/${cycle}`,
    modelName,
    artifact: trained.output,
    cycle,
    planHash: frozen.hash,
    algorithm: trained.algorithm,
    facts: judged.facts,
    baseline: prepared.baseline,
    predictions: judged.predictions,
    evaluation: judged.details,
    registeredAt: AN_INSTANT,
  }),
  describeEndpoint: async () => world.endpoint,
  submitEndpoint: async ({ shape }) => {
    world.endpoint = shape;
  },
  shiftTraffic: async ({ shape }) => {
    world.endpoint = shape;
  },
  watchEndpoint: async ({ shape }) => {
    if (JSON.stringify(world.endpoint) !== JSON.stringify(shape))
      throw permanent('RolloutFailed', `${shape.endpoint} serves ${world.endpoint?.config}, not ${shape.config}`);
    return shape;
  },
  smokeTest: async () => ({ predictions: 10 }),
  judgeCanary: async () => ({ healthy: true, requests: 100, errorRate: 0, latencyP99: 20, reason: 'no errors' }),
  scaleEndpoint: async () => {},
  ensureApi: async () => ({ url: 'http://api/predictions', apiId: 'api', keyId: 'key' }),
  retireVersions: async ({ retire }) => {
    for (const { modelName } of retire) world.models.delete(modelName);
  },
  deleteEndpoint: async () => {
    world.endpoint = undefined;
  },

  removeModel: async ({ endpoint }) => {
    world.endpoint = undefined;
    return { removed: [`endpoint ${endpoint}`] };
  },
  watchGone: async () => {},

  ensureObservability: async () => ({ topicArn: 'arn:topic', dashboard: 'http://dashboard' }),
  inspectModel: async ({ id, champion, from, to }) => monitorReport({ id, version: champion.version, from, to }),
  findOrphans: async () => ({ found: [], gone: [], unknown: [] }),
  deleteOrphans: async ({ found }) => ({ deleted: found.map(({ kind, name }) => `${kind} ${name}`) }),
  replaySkew: async () => ({ rows: 0, differing: 0, findings: [], columns: [] }),
  notify: async ({ subject, message }) => {
    world.notices.push({ subject, message });
  },
  recall: async () => {
    if (world.ledger.length === 0) return undefined;
    const known = remembered(world.ledger);
    return {
      ...known,
      frozen: world.plans.get(known.plan?.hash ?? ''),
      servingPlan: world.plans.get(known.serving?.planHash ?? ''),
      endpoint: world.endpoint && { status: 'InService', shape: world.endpoint },
    };
  },
  record: async ({ entry, plan }) => {
    if (plan) world.plans.set(plan.hash, plan);
    const last = world.ledger.at(-1);
    const there = world.ledger[entry.seq - 1];
    if (there && canonical(there) !== canonical(entry))
      throw permanent('NameTaken', `ledger, entry ${entry.seq}: another entry is there already`);
    if (!there && entry.seq !== (last?.seq ?? 0) + 1)
      throw permanent('InvalidRequest', `${entry.seq} does not follow ${last?.seq}`);
    if (entry.previous !== (entry.seq === 1 ? NO_PREVIOUS : hashOf(world.ledger[entry.seq - 2] as LedgerEntry)))
      throw permanent('InvalidRequest', `${entry.seq} names another entry as the one before it`);
    if (!there) world.ledger.push(entry);
    return { hash: hashOf(entry) };
  },
});

function submit(world: FakeWorld, kind: JobKind, name: string) {
  world.jobs.set(name, 'running');
  return { kind, name };
}

export const jobResult = (kind: JobKind, name: string, auc = 0.7): JobResult => ({
  kind,
  name,
  output: `s3://bucket/${name}`,
  metrics: kind !== 'transform' ? { auc, log_loss: 0.43 } : {},
  startedAt: AN_INSTANT,
  endedAt: AN_INSTANT,
  billableSeconds: 60,
  costUsd: 0.01,
  ...(kind === 'tuning' && { best: { job: `${name}-003`, trials: 3, hyperparameters: { max_depth: '4' } } }),
});

export const evaluation = (passed: boolean, champion: boolean): Evaluation => ({
  rows: 100,
  challenger: metrics,
  champion: champion ? metrics : undefined,
  baseline: { auc: { value: 0.5, low: 0.5, high: 0.5 } },
  facts: FACTS,
  gates: [{ gate: 'auc at least 0.65', held: passed, found: passed ? '0.70' : '0.60' }],
  passed,
  details: object('evaluation.json'),
  report: object('evaluation.html'),
  predictions: object('predictions'),
});

export const monitorReport = (told: Partial<MonitorReport>): MonitorReport => ({
  id: 'report',
  version: 1,
  from: AN_INSTANT,
  to: AN_INSTANT,
  requests: 10,
  rows: 10,
  labelled: 10,
  drift: { x: 0.01 },
  quality: metrics,
  findings: [],
  judged: true,
  memory: { streaks: {}, raised: [], volumes: [] },
  details: object('monitor.json'),
  report: object('monitor.html'),
  ...told,
});

/** A look that is not done yet. */
/** What a job has cost that is stopped while it runs. */
export const STOPPED_USD = 0.004;

export const stillRunning = (name: string) => notYet(`${name} is training`);

export const ALARM: Finding = {
  kind: 'drift',
  severity: 'alarm',
  subject: 'hour',
  value: 0.4,
  limit: 0.25,
  message: 'hour drifted by 0.40',
};
