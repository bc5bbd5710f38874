/** Glue jobs for the tests: a client whose answers are kept, requests, and waiting for a run's end. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  GetJobRunCommand,
  GlueClient,
  type JobRun,
  StartJobRunCommand,
  type StartJobRunCommandInput,
} from '@aws-sdk/client-glue';
import { type Cloud, plain, ROLE } from '../sagemaker/cloud.ts';
import { until } from '../sagemaker/helpers.ts';

export type Glue = ReturnType<typeof glueOf>;
const ENDED = ['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT', 'ERROR'];

export function glueOf(cloud: Cloud) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new GlueClient({ region: 'us-east-1', credentials, endpoint: cloud.url, maxAttempts: 1 });
  const answers = join(cloud.folder, 'glue-answers.jsonl');
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      const { $metadata: _, ...output } = result.output as { $metadata: unknown };
      appendFileSync(answers, `${JSON.stringify({ operation: context.commandName, output: plain(output) })}\n`);
      return result;
    },
    { step: 'initialize', name: 'keepAnswers' },
  );
  const glue = {
    client,
    answers,
    /** A job whose script is this text; `over` replaces members of the request. */
    async job(Name: string, script: string, over: Partial<CreateJobCommandInput> = {}) {
      const ScriptLocation = await cloud.put(`scripts/${Name}.py`, script);
      const Command = { Name: 'pythonshell', PythonVersion: '3.9', ScriptLocation, ...over.Command };
      await client.send(new CreateJobCommand({ Name, Role: ROLE, ...over, Command }));
    },
    async start(JobName: string, over: Partial<StartJobRunCommandInput> = {}): Promise<string> {
      const { JobRunId } = await client.send(new StartJobRunCommand({ JobName, ...over }));
      return JobRunId as string;
    },
    async run(JobName: string, RunId: string): Promise<JobRun> {
      return (await client.send(new GetJobRunCommand({ JobName, RunId }))).JobRun as JobRun;
    },
    async ends(JobName: string, RunId: string, seconds = 90): Promise<JobRun> {
      return until(
        `run ${RunId} of ${JobName} ends`,
        async () => {
          const run = await glue.run(JobName, RunId);
          return ENDED.includes(run.JobRunState ?? '') && run;
        },
        seconds,
      );
    },
    async done(JobName: string, over: Partial<StartJobRunCommandInput> = {}, seconds = 90): Promise<JobRun> {
      return glue.ends(JobName, await glue.start(JobName, over), seconds);
    },
    /** A script that stays until it is stopped, and says so first. */
    async hanging(JobName: string, RunId: string) {
      await until(`${JobName} hangs`, async () =>
        (await cloud.lines('/aws-glue/python-jobs/output', RunId)).includes('hanging'),
      );
    },
  };
  return glue;
}

export const HANG = 'import time\nprint("hanging", flush=True)\ntime.sleep(600)\n';
