/** Where a run can be broken: the boundaries of activities and of calls to AWS, and the stage of the cycle that each belongs to. */
import type { Activities } from '../src/activities/interface.ts';

/** What is killed, as a power cut would. */
export const VICTIMS = ['worker', 'temporal', 'sagemaker', 'aws'] as const;
export type Victim = (typeof VICTIMS)[number];

/**
 * `before` an activity runs or a call reaches AWS; `after` it was done and before anybody heard of it; `waiting` between
 * two looks at something that is not done.
 */
export type Phase = 'before' | 'after' | 'waiting';

export interface Point {
  /** An activity's name, or an operation of AWS as chaos/calls.ts names it. */
  readonly at: string;
  readonly phase: Phase;
}

export const placeOf = ({ at, phase }: Point): string => `${phase} ${at}`;

/** The stage of every activity, for the table; those without one are not part of the story that chaos plays. */
export const STAGE_OF: Readonly<Record<keyof Activities, string | undefined>> = {
  preflight: 'plan',
  collectSource: 'collect',
  checkExpectations: 'collect',
  catalogSnapshots: 'collect',
  prepareData: 'prepare',
  submitTraining: 'train',
  submitTuning: 'train',
  watchJob: 'train',
  stopJob: undefined,
  createModel: 'evaluate',
  submitTransform: 'evaluate',
  judge: 'evaluate',
  deleteModel: undefined,
  registerVersion: 'deploy',
  describeEndpoint: 'deploy',
  submitEndpoint: 'deploy',
  shiftTraffic: 'deploy',
  watchEndpoint: 'deploy',
  smokeTest: 'deploy',
  judgeCanary: 'deploy',
  scaleEndpoint: 'deploy',
  ensureApi: 'deploy',
  retireVersions: undefined,
  deleteEndpoint: undefined,
  removeModel: 'retire',
  watchGone: 'retire',
  ensureObservability: 'monitor',
  inspectModel: 'monitor',
  replaySkew: 'monitor',
  notify: 'monitor',
  findOrphans: undefined,
  deleteOrphans: undefined,
  cutLaterRows: undefined,
  measureStaleness: undefined,
  record: 'ledger',
  recall: undefined,
};

/** Activities that look and come back: they are also hit between two looks. */
const LOOKS: readonly string[] = ['watchJob', 'watchEndpoint', 'watchGone'];

/** Calls that change something in AWS, and what serves them. */
const CALLS: Readonly<Record<string, Victim>> = {
  CreateTrainingJob: 'sagemaker',
  CreateHyperParameterTuningJob: 'sagemaker',
  CreateTransformJob: 'sagemaker',
  CreateModel: 'sagemaker',
  CreateModelPackageGroup: 'sagemaker',
  CreateModelPackage: 'sagemaker',
  UpdateModelPackage: 'sagemaker',
  CreateEndpointConfig: 'sagemaker',
  CreateEndpoint: 'sagemaker',
  UpdateEndpoint: 'sagemaker',
  UpdateEndpointWeightsAndCapacities: 'sagemaker',
  DeleteEndpoint: 'sagemaker',
  CreateTable: 'aws',
  PutMetricData: 'aws',
  PutMetricAlarm: 'aws',
  PutDashboard: 'aws',
  CreateTopic: 'aws',
  'PUT object': 'aws',
  'POST /*/functions': 'aws',
  'POST /restapis': 'aws',
  'POST /usageplans': 'aws',
  'POST /apikeys': 'aws',
};

export interface Target extends Point {
  readonly victim: Victim;
}

/** Every way to break the story, once. */
export function targets(): Target[] {
  const activities = Object.keys(STAGE_OF).filter((name) => STAGE_OF[name as keyof Activities]);
  const phases = (name: string): Phase[] => ['before', 'after', ...(LOOKS.includes(name) ? ['waiting' as const] : [])];
  return [
    ...activities.flatMap((at) => phases(at).flatMap((phase) => VICTIMS.map((victim) => ({ at, phase, victim })))),
    ...Object.entries(CALLS).flatMap(([at, server]) =>
      (['before', 'after'] as const).flatMap((phase) =>
        (['worker', 'temporal', server] as const).map((victim) => ({ at, phase, victim })),
      ),
    ),
  ];
}

export const stageOf = (at: string): string =>
  STAGE_OF[at as keyof Activities] ?? (at in CALLS ? 'a call to AWS' : 'any moment');
