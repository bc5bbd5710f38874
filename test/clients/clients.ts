/** The clients' own environment, and stories told by it against a server of their own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { sagemakerSdkEnv } from '../../local/sagemaker-sdk.ts';
import { BUCKET, type Cloud, startCloud } from '../sagemaker/cloud.ts';
import { startRecorder } from './recorder.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const HERE = join(ROOT, 'test/clients');
const BIN = join(ROOT, '.venv-clients/bin');
const MINUTES = 60_000;

export type Clients = Awaited<ReturnType<typeof startClients>>;

export async function startClients(flags: readonly string[] = []) {
  if (!existsSync(join(BIN, 'aws'))) throw new Error('the clients are not installed: node scripts/setup.mjs --clients');
  const cloud: Cloud = await startCloud(['--startup-timeout', '60', ...flags]);
  const wire = join(cloud.folder, 'wire.jsonl');
  const recorder = await startRecorder(cloud.url, wire);
  const env = {
    PATH: `${BIN}:/usr/bin:/bin`,
    HOME: cloud.folder,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: cloud.aws,
    AWS_ENDPOINT_URL_SAGEMAKER: recorder.url,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: recorder.url,
    ...sagemakerSdkEnv(cloud.folder, BUCKET),
    PYTHONDONTWRITEBYTECODE: '1',
    LAPTOP_PYTHON: join(ROOT, '.venv/bin/python'),
  };
  return {
    cloud,
    env,
    /** Runs a script of this folder to its end; throws with all that it said when it fails. */
    async tell(script: string, ...args: string[]): Promise<void> {
      const told = await execa(script.endsWith('.py') ? 'python' : 'bash', [join(HERE, script), ...args], {
        env,
        extendEnv: false,
        cwd: cloud.folder,
        all: true,
        reject: false,
        timeout: 8 * MINUTES,
      });
      if (told.exitCode !== 0) assert.fail(`${told.shortMessage}\n${told.all}\n${cloud.said.join('')}`);
    },
    /** Every answer on the wire against the service's model; gives the operations that succeeded. */
    check(): string[] {
      const report = execFileSync(env.LAPTOP_PYTHON, [join(HERE, 'check_wire.py'), wire], { encoding: 'utf8' });
      const { checked, operations, problems } = JSON.parse(report);
      assert.deepEqual(problems, []);
      assert.ok(checked > 0, 'no answer was checked');
      assert.equal(cloud.said.join(''), '', 'the server said something unexpected');
      return operations;
    },
    async stop(): Promise<void> {
      await recorder.stop();
      await cloud.stop();
    },
  };
}
