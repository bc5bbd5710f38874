/** The calls that processes of ours make to AWS, and whether their policy lets them. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../local/home.ts';
import { filled, policyOf } from '../../scripts/iam/policies.ts';
import type { Config } from '../../src/config.ts';
import { allows } from './iam.ts';
import { ACCOUNT, iamRequests, jobRequests, type NotedCall, REGION } from './iam-requests.ts';

export interface Notes {
  /** For the processes whose calls are noted. */
  readonly env: Readonly<Record<string, string>>;
  read(): Promise<NotedCall[]>;
  remove(): Promise<void>;
}

export async function noteCalls(): Promise<Notes> {
  const file = join(await mkdtemp(join(tmpdir(), 'perennial-calls-')), 'calls.jsonl');
  await writeFile(file, '');
  const recorder = pathToFileURL(join(ROOT, 'test', 'support', 'record-calls.mjs')).href;
  return {
    env: { PERENNIAL_TEST_CALLS: file, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${recorder}`.trim() },
    read: async () =>
      (await readFile(file, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as NotedCall),
    remove: () => rm(dirname(file), { recursive: true, force: true }),
  };
}

/** Every call was allowed by the worker's policy, and what the jobs were told to read and write by theirs. */
export async function assertAllowed(calls: readonly NotedCall[], config: Config): Promise<void> {
  const values = {
    ACCOUNT,
    REGION,
    BUCKET: config.bucket,
    JOB_ROLE_ARN: config.jobRoleArn,
    LAMBDA_ROLE_ARN: config.lambdaRoleArn,
  };
  const asked = { worker: iamRequests(calls).map(({ request }) => request), jobs: jobRequests(calls) };
  for (const [principal, requests] of Object.entries(asked)) {
    const policy = filled(await policyOf(principal), values);
    const denied = requests.filter((request) => !allows(policy, request)).map((request) => JSON.stringify(request));
    assert.deepEqual([...new Set(denied)], [], `${principal} would be denied`);
    assert.ok(requests.length > 0, `nobody noted what ${principal} does`);
  }
}
