/** Every activity by name: what workflows see (`import type`) and what `createActivities` gives. One object in, one object out. */
import type { BacktestResult, LaterRows, ScoredOrigin, Span } from './backtest-types.ts';
import type {
  CanaryLook,
  CanaryVerdict,
  CycleScope,
  EndpointShape,
  Evaluation,
  ExpectationResult,
  FrozenPlan,
  JobRef,
  JobResult,
  LedgerEntry,
  ModelFacts,
  MonitorMemory,
  MonitorReport,
  ObjectRef,
  Orphan,
  PredictionApi,
  Prepared,
  Recalled,
  RunScope,
  Skew,
  SkewReport,
  Snapshot,
  SweepFound,
  SweepLook,
  TrainedCandidate,
  Version,
} from './types.ts';

export interface Activities {
  // plan
  /** Looks at bucket, role, image and the cost ceiling before anything is paid for. Permanent `PlanRefused` when one is wrong. */
  preflight(input: RunScope & { usdLeft?: number }): Promise<{ ceilingUsd?: number; checks: string[] }>;

  // collect
  /** Lands one source as an immutable snapshot; the same content lands once. */
  collectSource(input: RunScope & { source: string }): Promise<Snapshot>;
  /** Permanent `ExpectationsBroken` naming every broken one, with all results in its details. */
  checkExpectations(input: RunScope & { snapshots: readonly Snapshot[] }): Promise<ExpectationResult[]>;
  /** Creates or updates the Glue database and a table a snapshot. */
  catalogSnapshots(input: CycleScope & { snapshots: readonly Snapshot[] }): Promise<string[]>;

  // prepare
  prepareData(
    input: RunScope & {
      snapshots: readonly Snapshot[];
      /** What requests to the champion carry (`name?`: it may be left out), where that is not what the plan names. */
      championInputs?: readonly string[];
    },
  ): Promise<Prepared>;

  // train
  /** Creates the training job of `candidatesOf(plan)[candidate]` under `job`, or adopts it when it exists and its tags say it is ours. Seconds. */
  submitTraining(input: RunScope & { job: string; candidate: number; prepared: Prepared }): Promise<JobRef>;
  /** The same for a candidate that is tuned: a tuning job, whose best training job is the result. */
  submitTuning(input: RunScope & { job: string; candidate: number; prepared: Prepared }): Promise<JobRef>;
  /** One look at a job: its result, or a retryable `NotYet` (BENIGN) with the progress in its message; permanent `JobFailed`. */
  watchJob(input: JobRef): Promise<JobResult>;
  /** Asks a job to stop and returns what it has cost by now, in US dollars; a job that is over or unknown is no error. */
  stopJob(input: JobRef): Promise<{ costUsd?: number }>;
  /** Asks every job to stop that runs and carries the tags of this cycle. Which, as `<kind> <name>`. */
  stopJobsOf(input: { model: string; cycle: number }): Promise<{ asked: string[] }>;

  // evaluate
  /** Makes the SageMaker model that serves an artifact; adopts it when it is there. */
  createModel(input: RunScope & { name: string; artifact: string; algorithm: string }): Promise<{ modelName: string }>;
  /** Removes a SageMaker model; absent is no error, and one that an endpoint or a kept version needs is left. */
  deleteModel(input: { name: string }): Promise<void>;
  submitTransform(input: RunScope & { job: string; modelName: string; input: ObjectRef }): Promise<JobRef>;
  /** Scores both on the same rows and holds the gates; refuses nothing: `passed` says it. */
  judge(
    input: CycleScope & {
      prepared: Prepared;
      trained: TrainedCandidate;
      challenger: JobResult;
      /** What the champion predicted, and what it is. */
      champion?: JobResult & { facts: ModelFacts };
      championVersion?: number;
    },
  ): Promise<Evaluation>;

  // deploy
  registerVersion(
    input: CycleScope & {
      modelName: string;
      trained: TrainedCandidate;
      prepared: Prepared;
      evaluation: Evaluation;
      approvedBy: string;
      reason?: string;
    },
  ): Promise<Version>;
  /** What the endpoint serves now; undefined when there is none. */
  describeEndpoint(input: { endpoint: string }): Promise<EndpointShape | undefined>;
  /** Creates the endpoint, or moves it to a config with these versions and weights. Seconds; `watchEndpoint` waits. */
  submitEndpoint(input: { frozen: FrozenPlan; shape: EndpointShape; versions: readonly Version[] }): Promise<void>;
  /** Moves weights between variants that the endpoint has (`UpdateEndpointWeightsAndCapacities`). */
  shiftTraffic(input: { shape: EndpointShape }): Promise<void>;
  /** One look: done only when status, config name, variants and weights are what was asked; retryable `NotYet`; permanent `RolloutFailed`. */
  watchEndpoint(input: { shape: EndpointShape }): Promise<EndpointShape>;
  /** Asks the version's variant (by TargetVariant when there are several) for predictions and compares them with its batch predictions. Permanent `RolloutFailed`. */
  smokeTest(input: { frozen: FrozenPlan; endpoint: string; version: Version }): Promise<{ predictions: number }>;
  /** Holds a challenger against the plan and the champion: errors, latency, alarms; at a step's end also its answers, and what came true. */
  judgeCanary(input: CanaryLook): Promise<CanaryVerdict>;
  /** Lets Application Auto Scaling choose the instances of what serves, as the plan says, or no longer; idempotent. */
  scaleEndpoint(input: { frozen: FrozenPlan; shape: EndpointShape }): Promise<void>;
  /** Lambda, REST API, stage, usage plan and key; idempotent. */
  ensureApi(input: { frozen: FrozenPlan; endpoint: string }): Promise<PredictionApi>;
  /** Endpoint configs and models of versions that are neither live nor kept. */
  retireVersions(input: {
    model: string;
    endpoint: string;
    keep: readonly Version[];
    retire: readonly Version[];
  }): Promise<void>;
  deleteEndpoint(input: { endpoint: string }): Promise<void>;
  /**
   * Deletes what serves and watches a model and carries its tag: API, function, scaling targets, endpoint, configs,
   * SageMaker models, alarms, dashboard. Data, ledger, registry and topic stay. What was deleted, as `<kind> <name>`;
   * `watchGone` waits for the endpoint.
   */
  removeModel(input: { model: string; endpoint: string }): Promise<{ removed: string[] }>;
  /** One look: done when there is no such endpoint; retryable `NotYet`. */
  watchGone(input: { endpoint: string }): Promise<void>;

  // monitor
  /** Dashboard, alarms and the SNS topic with its subscribers; idempotent. */
  ensureObservability(input: {
    frozen: FrozenPlan;
    endpoint: string;
  }): Promise<{ topicArn: string; dashboard: string }>;
  /** Drift of the captured requests, quality where labels have come, service metrics; writes report and CloudWatch metrics. */
  inspectModel(input: {
    frozen: FrozenPlan;
    endpoint: string;
    champion: Version;
    /** When it took over; requests from before do not count. `from` when left out. */
    since?: string;
    id: string;
    from: string;
    to: string;
    /** What the pass before handed on; absent in the first one of a version. */
    memory?: MonitorMemory;
    /** The endpoint may serve another version for good reason: a rollout may be under way. */
    changing?: boolean;
    /** What replaying some of the window's requests came to. */
    skew?: Skew;
  }): Promise<MonitorReport>;
  /**
   * Asks the live variant some captured requests again and compares the features that it computes with those of the
   * version's transform as training applied it, and its answers with the captured ones.
   */
  replaySkew(input: {
    frozen: FrozenPlan;
    endpoint: string;
    champion: Version;
    /** When it took over; requests from before do not count. `from` when left out. */
    since?: string;
    from: string;
    to: string;
  }): Promise<SkewReport>;
  notify(input: { frozen: FrozenPlan; topicArn: string; subject: string; message: string }): Promise<void>;

  // sweep
  /** What carries a model's tag and nothing needs any more; deletes nothing. */
  findOrphans(input: SweepLook): Promise<SweepFound>;
  /** Looks once more, and deletes of what was found what is still found. What was deleted, as `<kind> <name>`. */
  deleteOrphans(input: SweepLook & { found: readonly Orphan[] }): Promise<{ deleted: string[] }>;
  // backtest
  /** What came after an origin: at most 20,000 rows of each window, as requests and as labels; the same rows for every origin. */
  cutLaterRows(
    input: RunScope & { snapshots: readonly Snapshot[]; prepared: Prepared; windows: readonly Span[] },
  ): Promise<LaterRows>;
  /** Measures every version on every window that it scored, and writes backtest.json and staleness.html. */
  measureStaleness(input: {
    model: string;
    frozen: FrozenPlan;
    backtest: string;
    calendar: string;
    instants: readonly string[];
    horizon: number;
    origins: readonly ScoredOrigin[];
    /** Origins that came to nothing: instant → why. */
    failed: Readonly<Record<string, string>>;
  }): Promise<BacktestResult>;

  // govern
  /** Appends to the model's ledger, and keeps the plan that the entry tells of; the same entry twice is one. Gives the entry's sha256, which the next one names. */
  record(input: { model: string; entry: LedgerEntry; plan?: FrozenPlan }): Promise<{ hash: string }>;
  /** What is known of a model that Temporal does not know: undefined when there never was one. */
  recall(input: { model: string }): Promise<Recalled | undefined>;
}
