/** One vocabulary over SageMaker's remote jobs: submit, look, stop. */
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRef, JobResult } from '../activities/types.ts';
import { notYet } from '../failures.ts';
import { isJobOf, TAG_MODEL } from '../names.ts';
import { asFailure, callOrMissing, callOrTaken } from './errors.ts';
import { requireOurs, type Tags, tagsOf } from './tags.ts';
import { training } from './training-jobs.ts';
import { transform } from './transform-jobs.ts';
import { tuning } from './tuning-jobs.ts';

/** Why a job failed: the workflow repeats `internal` and `capacity` under another name, and nothing else. */
export type FailureClass = 'algorithm' | 'client' | 'internal' | 'capacity' | 'other';

/** What one look at a job finds. */
export type JobLook =
  | { readonly state: 'unknown' }
  | { readonly state: 'running'; readonly progress: string }
  | { readonly state: 'completed'; readonly result: JobResult }
  | (CameToNothing & { readonly state: 'failed'; readonly because: FailureClass })
  | (CameToNothing & { readonly state: 'stopped' });

interface CameToNothing {
  readonly reason: string;
  readonly logs: string;
  /** What it has cost all the same; absent when its price is not known. */
  readonly costUsd?: number;
}

/** A job as its service describes it, in words that all kinds share. */
export interface Described {
  readonly arn: string;
  /** Nothing more can happen to it, and it cannot be stopped. */
  readonly over: boolean;
  readonly look: JobLook;
  /** What it has cost by now; undefined when its price is not known. */
  paid(): Promise<number | undefined>;
}

/** What a kind of job must know; `S` is what it takes to submit one. */
export interface JobService<S> {
  /** Name of the AWS operation that creates one: for messages. */
  readonly creates: string;
  create(sagemaker: SageMakerClient, name: string, spec: S, tags: Tags): Promise<unknown>;
  describe(sagemaker: SageMakerClient, name: string, now: Date): Promise<Described>;
  stop(sagemaker: SageMakerClient, name: string): Promise<unknown>;
}

const services = { training, tuning, transform } as const;
type Spec<K extends JobKind> = (typeof services)[K] extends JobService<infer S> ? S : never;

/** Creates the job, or adopts the one of this name when its tags say that it is ours. */
export async function submitJob<K extends JobKind>(
  sagemaker: SageMakerClient,
  job: { kind: K; name: string },
  spec: Spec<K>,
  tags: Tags,
): Promise<JobRef> {
  const service = services[job.kind] as unknown as JobService<Spec<K>>;
  const what = `${service.creates} ${job.name}`;
  const created = await callOrTaken(what, () => service.create(sagemaker, job.name, spec, tags));
  if (!created) {
    const found = await describe(sagemaker, job);
    if (!found) throw notYet(`the ${job.kind} job ${job.name} is there and not to be seen yet; looking again`);
    await requireOurs(sagemaker, `the ${job.kind} job ${job.name}`, found.arn, tags);
  }
  return { kind: job.kind, name: job.name };
}

/** Exactly one describe, while the job runs. */
export async function lookAtJob(sagemaker: SageMakerClient, job: JobRef): Promise<JobLook> {
  const found = await describe(sagemaker, job);
  if (!found) return { state: 'unknown' };
  const { look } = found;
  return look.state === 'failed' || look.state === 'stopped' ? { ...look, costUsd: await found.paid() } : look;
}

/**
 * Asks a job of ours to stop; one that is over, unknown or another's is left as it is. Says whether it asked, and what a
 * job of ours has cost by now.
 */
export async function stopJob(sagemaker: SageMakerClient, job: JobRef): Promise<{ asked: boolean; costUsd?: number }> {
  const found = await describe(sagemaker, job);
  const model = found && (await tagsOf(sagemaker, found.arn))[TAG_MODEL];
  if (!found || !model || !isJobOf(model, job)) return { asked: false };
  const costUsd = await found.paid();
  if (found.over) return { asked: false, costUsd };
  try {
    await services[job.kind].stop(sagemaker, job.name);
    return { asked: true, costUsd };
  } catch (error) {
    // It may have ended, or heard of us before, between the look and the stop, which AWS refuses in several ways.
    if ((await describe(sagemaker, job))?.over ?? true) return { asked: false, costUsd };
    throw asFailure(error, `stop the ${job.kind} job ${job.name}`);
  }
}

const describe = (sagemaker: SageMakerClient, { kind, name }: JobRef): Promise<Described | undefined> =>
  callOrMissing(`describe the ${kind} job ${name}`, () => services[kind].describe(sagemaker, name, new Date()));
