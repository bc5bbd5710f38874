import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { WireCall } from '../../chaos/calls.ts';
import type { Answer, WireHook } from '../../chaos/wire.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { LedgerEntry } from '../../src/activities/types.ts';
import { NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { createStore } from '../../src/aws/store.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { laptopDeps, run } from '../support/activities.ts';
import { wired } from '../support/wired.ts';

const isGet = ({ operation }: WireCall) => operation === 'GET object';

describe('what is stored', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-bytes-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Answers to reads are changed, so many times. */
  const damaging = (change: (answer: Answer) => Answer, times: number): WireHook => {
    let left = times;
    return { after: (call, answer) => (isGet(call) && left-- > 0 ? change(answer) : 'pass') };
  };
  const flipped = (answer: Answer): Answer => {
    const body = Buffer.from(answer.body);
    body[0] = (body[0] ?? 0) ^ 1;
    return { ...answer, body };
  };
  const truncated = (answer: Answer): Answer => ({ ...answer, body: answer.body.subarray(0, 3) });

  for (const [what, change] of Object.entries({ flipped, truncated })) {
    it(`and arrives ${what} is read again`, async () => {
      const { store } = await laptopDeps();
      const ref = await store.putText('faults/bytes', 'the very words');
      const { deps, close } = await wired(damaging(change, 1));
      try {
        let text: string | undefined;
        for (let attempt = 0; text === undefined && attempt < 3; attempt += 1)
          text = await deps.store.getText(ref).catch((error: { type?: string }) => {
            assert.equal(error.type, 'Unavailable', String(error));
            return undefined;
          });
        assert.equal(text, 'the very words');
      } finally {
        await close();
      }
    });

    it(`and arrives ${what} each time is never taken for what it should be`, async () => {
      const { store } = await laptopDeps();
      const ref = await store.putText('faults/bytes', 'the very words');
      const { deps, close } = await wired(damaging(change, 99));
      const path = join(folder, what);
      try {
        await assert.rejects(deps.store.getFile(ref, path), (error: { type?: string; message: string }) => {
          assert.match(
            `${error.type}: ${error.message}`,
            /^(DataUnusable: .*it was overwritten or damaged|Unavailable: )/,
          );
          return true;
        });
        await assert.rejects(readFile(path), { code: 'ENOENT' });
      } finally {
        await close();
      }
    });
  }

  it('in parts is whole, once, whichever of their answers is lost', async () => {
    const path = join(folder, 'large');
    await writeFile(path, Buffer.alloc(17 * 1024 * 1024, 'perennial'));
    const lost = new Set<string>();
    const lose = ({ operation, method }: WireCall) => {
      const id = `${method} ${operation}`;
      if (lost.has(id)) return false;
      lost.add(id);
      return true;
    };
    const { deps, close } = await wired({ after: (call) => (lose(call) ? 'reset' : 'pass') }, { slow: 20_000 });
    try {
      const put = () =>
        deps.store.putFile('faults/large', path).catch((error: { type?: string; nonRetryable?: boolean }) => {
          assert.ok(error.type === 'Unavailable' && !error.nonRetryable, String(error));
          return undefined;
        });
      let ref = await put();
      for (let attempt = 0; ref === undefined && attempt < 10; attempt += 1) ref = await put();
      assert.ok(ref && lost.size >= 3, [...lost].join(', '));
      assert.equal((await deps.store.head(ref.uri))?.bytes, 17 * 1024 * 1024);
    } finally {
      await close();
    }
  });

  it('in a bucket that vanished is refused by the name of the bucket, and goes on when it is back', async () => {
    const deps = await laptopDeps();
    const bucket = 'perennial-vanishing';
    const gone = createActivities({
      ...deps,
      config: { ...deps.config, bucket },
      store: createStore(deps.aws.s3, bucket),
    });
    const model = 'vanishing';
    const entry: LedgerEntry = {
      ...{ seq: 1, previous: NO_PREVIOUS, at: '2026-01-01T00:00:00.000Z', by: 'ada', event: 'paused', facts: {} },
    };
    const refused = {
      type: 'InvalidRequest',
      nonRetryable: true,
      message: /NoSuchBucket.*; bring the bucket back, or let PERENNIAL_BUCKET name another, and start a new cycle/,
    };
    await assert.rejects(run(gone.record, { model, entry }), refused);
    await assert.rejects(run(gone.record, { model, entry: { ...entry, seq: 2, previous: 'ab'.repeat(32) } }), refused);
    await deps.aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    assert.match((await run(gone.record, { model, entry })).hash, /^[0-9a-f]{64}$/);
  });
});

describe('a full disk', () => {
  it('of the worker is waited out, and its folder is given back meanwhile', async () => {
    let scratch = '';
    const work = withDuckDB(async (duck) => {
      scratch = duck.path('.');
      await symlink('/dev/full', duck.path('full.csv'));
      await duck.run(`COPY (SELECT * FROM range(100000)) TO '${duck.path('full.csv')}'`);
    });
    await assert.rejects(work, {
      type: 'Unavailable',
      nonRetryable: false,
      message: /^the disk of the worker is full: .*; it is tried again; make room in .* \(TMPDIR\)$/,
    });
    await assert.rejects(readFile(join(scratch, 'full.csv')), { code: 'ENOENT' });
  });

  it('is one also when it is met outside of the database', async () => {
    const work = withDuckDB((duck) =>
      symlink('/dev/full', duck.path('full')).then(() => writeFile(duck.path('full'), 'x')),
    );
    await assert.rejects(work, { type: 'Unavailable', message: /the disk of the worker is full: ENOSPC/ });
  });
});
