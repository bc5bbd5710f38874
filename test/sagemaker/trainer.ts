/** The image that only trains (fixtures/trainer.py), as a job of it is asked for and looked at. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CreateTrainingJobCommand, type CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { Cloud } from './cloud.ts';
import { unpack, until } from './helpers.ts';
import { trainingJob } from './requests.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const PYTHON = join(ROOT, '.venv/bin/python');
const TRAINER = '123456789012.dkr.ecr.us-east-1.amazonaws.com/trainer:1';
export const GROUP = '/aws/sagemaker/TrainingJobs';
/** For startCloud. */
export const TRAINER_FLAGS = ['--image', `trainer=${PYTHON} ${join(ROOT, 'test/sagemaker/fixtures/trainer.py')}`];

export const trainer = (
  name: string,
  hyperParameters: Record<string, string>,
  over: Partial<CreateTrainingJobCommandInput> = {},
  algorithm: Partial<CreateTrainingJobCommandInput['AlgorithmSpecification']> = {},
) =>
  trainingJob(name, hyperParameters, {
    AlgorithmSpecification: { TrainingImage: TRAINER, TrainingInputMode: 'File', ...algorithm },
    ...over,
  });

export const create = (cloud: Cloud, ...given: Parameters<typeof trainer>) =>
  cloud.sagemaker.send(new CreateTrainingJobCommand(trainer(...given)));

export const instances = (count: number) => ({
  ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: count, VolumeSizeInGB: 10 } as const,
});

/** What fixtures/trainer.py tells of a host in mode `see`. */
export interface Seen {
  readonly files: Record<string, string>;
  readonly modes: Record<string, string>;
  readonly channels: Record<string, Record<string, string>>;
  readonly resources: { readonly current_host: string; readonly hosts: readonly string[] };
  readonly base: string;
  readonly credentials: boolean;
  readonly reached: string | null;
}

/** The files of the job's model.tar.gz. */
export const model = async (cloud: Cloud, name: string) => unpack(await cloud.get(`out/${name}/output/model.tar.gz`));

export const seen = async (cloud: Cloud, name: string, host = 'algo-1'): Promise<Seen> =>
  JSON.parse((await model(cloud, name))[`${host}.json`] ?? 'null');

/** Process ids of containers that hold, from the job's log; waits for `count` of them. */
export const holding = (cloud: Cloud, name: string, count = 1) =>
  until(`${name} holds`, async () => {
    const lines = (await cloud.lines(GROUP, `${name}/`)).filter((line) => line.startsWith('holding'));
    return lines.length >= count && lines.map((line) => Number(line.split(' ')[1]));
  });

export const put = async (cloud: Cloud, rules: unknown) => {
  const answer = await fetch(`${cloud.url}/faults`, { method: 'PUT', body: JSON.stringify(rules) });
  if (!answer.ok) throw new Error(await answer.text());
};

/** Whether this machine can give a container `opt_ml`, `hosts` or `isolation` of its own. */
export const machineHas = (what: 'opt_ml' | 'hosts' | 'isolation'): boolean =>
  execFileSync(PYTHON, ['-c', `from sagemaker_server import isolation; print(isolation.has_${what}())`], {
    env: { ...process.env, PYTHONPATH: join(ROOT, 'local') },
    encoding: 'utf8',
  }).trim() === 'True';
