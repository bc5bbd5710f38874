import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorAnswer } from '../../chaos/answers.ts';
import { awsError } from '../../chaos/aws-errors.ts';
import { createActivities } from '../../src/activities/index.ts';
import { run } from '../support/activities.ts';
import { wired } from '../support/wired.ts';

const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SHARED_CREDENTIALS_FILE'] as const;

describe('credentials in a file', () => {
  const kept = new Map<string, string | undefined>();
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-keys-'));
    file = join(folder, 'credentials');
  });
  beforeEach(() => {
    for (const name of NAMES) kept.set(name, process.env[name]);
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  });
  afterEach(() => {
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const write = (key: string) =>
    writeFile(file, `[default]\naws_access_key_id = ${key}\naws_secret_access_key = s\naws_session_token = t\n`);

  it('that ran out in mid-cycle are waited for, and those that replace them are taken without a new start', async () => {
    await write('OLDKEY');
    const used: string[] = [];
    const { deps, close } = await wired(
      {
        before(call) {
          used.push(call.accessKey);
          return call.accessKey === 'OLDKEY' ? errorAnswer(call, awsError(call, 'expired')) : 'pass';
        },
      },
      { reread: 0 },
    );
    try {
      const act = createActivities(deps);
      const look = () => run(act.describeEndpoint, { endpoint: 'nobody-has-it' });
      const record = () => run(act.recall, { model: 'nobody-has-it' });
      const waits = {
        type: 'Unavailable',
        nonRetryable: false,
        message: /expired.*; it is tried again; renew the worker's credentials where it finds them, it need not be/,
      };
      await assert.rejects(look(), waits);
      await assert.rejects(record(), waits);
      await write('NEWKEY');
      assert.equal(await look(), undefined);
      assert.equal(await record(), undefined);
      assert.deepEqual([used[0], used.at(-1)], ['OLDKEY', 'NEWKEY']);
    } finally {
      await close();
    }
  });

  it('are waited for when there are none', async () => {
    await rm(file, { force: true });
    const { deps, close } = await wired({}, { reread: 0 });
    try {
      await assert.rejects(run(createActivities(deps).describeEndpoint, { endpoint: 'nobody-has-it' }), {
        type: 'Unavailable',
        message: /Could not load credentials.*renew the worker's credentials/,
      });
    } finally {
      await close();
    }
  });
});
