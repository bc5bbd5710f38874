/** The verbs that read, on a model that has lived two cycles and a rollback: each once through the command line. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Printed } from '../../scripts/cli-schema.ts';
import { archiveWhenAsked, readsOn } from '../../src/api/reads.ts';
import type { Store } from '../../src/aws/store.ts';
import { keys } from '../../src/names.ts';
import type { Audit } from '../../src/operations/audit.ts';
import type { Compare } from '../../src/operations/compare.ts';
import type { Diff } from '../../src/operations/diff.ts';
import type { Explain } from '../../src/operations/explain.ts';
import type { History } from '../../src/operations/history.ts';
import type { Logs } from '../../src/operations/logs.ts';
import type { Score } from '../../src/operations/score.ts';
import { verifyShape } from '../../src/operations/verify.ts';
import { play, problemOf } from '../api/support.ts';
import { perennialHere } from '../support/cli.ts';
import { readPrinted } from '../support/printed.ts';
import { MODEL } from './small-plan.ts';

export interface Lived {
  readonly env: Readonly<Record<string, string>>;
  readonly store: Store;
  /** Of the plan in force. */
  readonly folder: string;
  /** The id of a prediction of version 1, of which was told that it came true. */
  readonly id: string;
}

export function itIsRead(lived: () => Lived): void {
  const run = (...words: string[]) => perennialHere(words, { ...lived().env });
  /** What `--json` gives, as the schema of the command has it. */
  const read = async <T>(command: Printed, ...words: string[]): Promise<T> => {
    const ran = await run(command, ...words, '--json');
    assert.equal(ran.exitCode, 0, `${command} ${words.join(' ')}: ${ran.stderr} ${ran.stdout}`);
    return readPrinted<T>(command, ran);
  };

  it('is told where it is asked and with which key, by a line that a shell takes', async () => {
    const { url, key } = await read<{ url: string; key: string }>('access', MODEL);
    const { stdout } = await run('access', MODEL);
    const shell = await execa('sh', ['-c', 'eval "$1"; echo "$MODEL_URL $MODEL_KEY"', 'sh', stdout]);
    assert.equal(shell.stdout, `${url} ${key}`);
    const request = { method: 'POST', headers: { 'x-api-key': key }, body: '{"instances":[]}' };
    assert.equal((await fetch(url, request)).status, 400, 'it is let in, and the model refuses what it asks');
  });

  it('is told what became of it, newest first, a page at a time', async () => {
    const { events } = await read<History>('history', MODEL);
    const told = events.map((one) =>
      one.kind === 'cycle' ? `cycle ${one.cycle} ${one.outcome} v${one.version}` : one.kind,
    );
    assert.deepEqual(told, ['rollback', 'cycle 2 deployed v2', 'plan', 'cycle 1 deployed v1', 'plan']);
    const [rollback, second] = events;
    assert.ok(rollback?.kind === 'rollback' && rollback.outcome === 'deployed' && rollback.to === 1);
    assert.ok(second?.kind === 'cycle' && second.objective === 'auc' && (second.metrics?.auc?.value ?? 0) > 0.5);
    const first = await read<History>('history', MODEL, '--limit', '3');
    const rest = await read<History>('history', MODEL, '--before', String(first.next));
    assert.deepEqual([...first.events, ...rest.events], events);
    assert.match((await run('history', MODEL)).stdout, /cycle 2 +deployed +v2 +auc 0\.\d{4}/);
  });

  it('is told what served when, who decided, on which data, and that all of it is as it was written', async () => {
    const found = await read<Audit>('audit', MODEL, '--at', new Date().toISOString(), '--verify');
    assert.deepEqual([found.chain.broken, found.objects?.broken], [[], []]);
    const { served } = found;
    assert.equal(served?.version, 1);
    assert.match(served?.put.reason ?? '', /test/);
    assert.equal(served?.decided?.reason, 'looks right');
    assert.deepEqual(served?.data?.sources.map(({ source }) => source).sort(), ['airports', 'flights']);
    for (const { data } of served?.data?.sources ?? []) assert.ok(data.uri.includes(data.sha256));
    const { entries } = await read<Audit>('audit', MODEL);
    const canary = entries?.find(({ event, facts }) => event === 'serving' && facts.version === 2);
    const then = await read<Audit>('audit', MODEL, '--at', canary?.at ?? '');
    assert.equal(then.served?.version, 2);
    assert.ok(then.served?.until !== undefined, 'it was rolled back');
  });

  it('is told, with exit code 3, that somebody changed its ledger', async () => {
    const { store } = lived();
    const key = keys.ledger(MODEL, 1);
    const text = await store.getText(store.uri(key));
    await store.putText(key, text.replace('"by":"tests"', '"by":"eve"'));
    try {
      const { stdout, exitCode } = await run('audit', MODEL);
      assert.equal(exitCode, 3, stdout);
      assert.match(stdout, /the chain is BROKEN .*\n +broken: entry 2: it names/);
    } finally {
      await store.putText(key, text);
    }
  });

  it('is held beside its other version: metrics on the same rows, gates, what both were made of', async () => {
    const found = await read<Compare>('compare', MODEL, 'v1', 'v2');
    assert.deepEqual(
      found.sides.map(({ version, cycle }) => [version, cycle]),
      [
        [1, 1],
        [2, 2],
      ],
    );
    assert.ok(found.sameRows && found.paired?.auc);
    assert.deepEqual(found.features.both, ['hour', 'far', 'origin', 'state']);
    assert.ok(found.gates.length >= 2 && found.gates.every(({ held }) => held[0] && held[1]));
    const paths = found.plan.map(({ path }) => path.replace(/\[.*/, ''));
    assert.deepEqual([...new Set(paths)].sort(), ['prepare.ignore', 'prepare.inputs']);
    assert.deepEqual(
      found.files.map(({ file }) => file),
      ['features.sql'],
    );
    assert.ok(found.drift.length > 0 && found.drift.every(({ psi }) => psi === 0), 'the data are the same');
    assert.equal(found.sides[0].candidate, 'xgboost');
    assert.equal(found.sides[0].hyperparameters?.num_round, 40);
  });

  it('has an ML Test Score, computed from all that it has left behind', async () => {
    const { version, score, sections } = await read<Score>('score', MODEL);
    assert.equal(version, 1);
    const points = Object.fromEntries(sections.flatMap(({ tests }) => tests.map((one) => [one.test, one.points])));
    const held = [
      'features-allowed',
      'features-quick',
      'simpler',
      'reproducible',
      'specification-tested',
      'integration',
    ];
    for (const test of [...held, 'gates', 'debuggable', 'canary', 'rollback']) assert.equal(points[test], 1, test);
    assert.equal(points.privacy, 0);
    assert.equal(score, Math.min(...sections.map((one) => one.points)));
    const { stdout } = await run('score', MODEL);
    assert.match(stdout, /version 1 serves.*of 7/);
  });

  it('explains one prediction from raw input to answer, and what came true', async () => {
    const { id } = lived();
    const found = await read<Explain>('explain', MODEL, '--id', id);
    assert.equal(found.version, 1);
    assert.equal(found.asked?.id, id);
    assert.equal(found.instance.origin, 'ORD');
    const steps = Object.fromEntries(found.steps.map((step) => [step.feature, step]));
    assert.equal(steps.hour?.raw, 17.5);
    assert.match(steps.origin?.how ?? '', /^target encoding/);
    const [output] = found.outputs ?? [];
    assert.deepEqual(output?.contributions.map(({ feature }) => feature).sort(), Object.keys(steps).sort());
    const probability = 1 / (1 + Math.exp(-(output?.sum ?? Number.NaN)));
    assert.ok(Math.abs(probability - Number(found.answered?.probability)) < 1e-4, JSON.stringify(found));
    assert.equal(found.again, undefined, 'the same version answers the same');
    assert.equal(found.outcome?.value, true);
    const { stdout } = await run(
      'explain',
      MODEL,
      '--data',
      '{"date":"2001-03-20T17:30:00","distance":null,"origin":"ORD"}',
    );
    assert.match(stdout, /far +null .*missing: filled with the median of training/);
  });

  it('shows what its jobs and its API said, in the order of time', async () => {
    const found = await read<Logs>('logs', MODEL, '--cycle', '1', '--limit', '100000');
    const jobs = new Set(found.lines.map(({ job }) => job));
    for (const job of [`${MODEL}-1-train-1`, `${MODEL}-1-train-2`, `${MODEL}-1-score`]) assert.ok(jobs.has(job), job);
    assert.deepEqual(
      found.lines.map(({ at }) => at),
      found.lines.map(({ at }) => at).sort(),
    );
    assert.ok(found.lines.some(({ message }) => message.includes('validation-auc')));
    const pages: Logs[] = [];
    do {
      const before = pages[0]?.earlier;
      const place = before === undefined ? [] : ['--before', before];
      pages.unshift(await read<Logs>('logs', MODEL, '--cycle', '1', '--limit', '40', ...place));
    } while (pages[0]?.earlier !== undefined && pages.length < 100);
    assert.deepEqual(
      pages.flatMap(({ lines }) => lines),
      found.lines,
      'a page at a time none is lost and none comes twice',
    );
    const followed = await run('logs', MODEL, '--cycle', '2', '--stage', 'train', '--follow');
    assert.equal(followed.exitCode, 0, followed.stderr);
    assert.match(followed.stdout, new RegExp(`${MODEL}-2-train-1 .*Reporting training SUCCESS`));
  });

  it('fetches its reports to files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-reports-'));
    try {
      for (const [words, title] of [
        [['--cycle', '1'], /<title>[^<]*valuation/],
        [['--monitor'], /<title>[^<]*onitoring/],
      ] as const) {
        const file = join(folder, `${words[0]}.html`);
        const { stdout, stderr, exitCode } = await run('report', MODEL, ...words, '--out', file);
        assert.equal(exitCode, 0, stderr);
        await read('report', MODEL, ...words, '--out', file);
        assert.match(stdout, /the (evaluation|monitoring) report, from s3:/);
        assert.match(await readFile(file, 'utf8'), title);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('answers the same over HTTP', async () => {
    const before = process.env;
    process.env = { ...before, ...lived().env };
    const { archive, close } = archiveWhenAsked();
    try {
      const { ask } = await play({ reads: readsOn(archive) });
      const got = async (path: string, body?: unknown) => {
        const answer = await ask(body ? 'POST' : 'GET', `/v1/models/${MODEL}/${path}`, { as: 'oleg', body });
        assert.equal(answer.status, 200, answer.text);
        return answer;
      };
      const { id } = lived();
      for (const [path, command, ...words] of [
        ['history', 'history'],
        ['compare?first=v1&second=v2', 'compare', 'v1', 'v2'],
        ['audit', 'audit'],
        ['score', 'score'],
        ['logs?cycle=1&limit=100', 'logs', '--cycle', '1', '--limit', '100'],
      ] as const)
        assert.deepEqual((await got(path)).body, await read(command, MODEL, ...words));
      assert.deepEqual((await got('explain', { id })).body, await read('explain', MODEL, '--id', id));
      const instance = { date: '2001-03-20', distance: 300, origin: 'ORD', gate: 'B4' };
      const refused = await ask('POST', `/v1/models/${MODEL}/explain`, { as: 'oleg', body: { instance } });
      assert.match(problemOf(refused, 422).detail, /"gate" is no input of this model/);
      const { objects, next } = verifyShape.parse((await got('audit/objects')).body);
      assert.deepEqual([objects.broken, next], [[], undefined]);
      const { details } = (await got('reports/cycle-1')).body as { details: { cycle: number } };
      assert.equal(details.cycle, 1);
      for (const report of ['cycle-1', 'monitoring'])
        assert.match((await got(`reports/${report}/html`)).text, /^<!doctype html>/);
    } finally {
      close();
      process.env = before;
    }
  });

  it('is compared with a plan: nothing differs of its own', async () => {
    const { folder } = lived();
    const same = await read<Diff>('diff', folder);
    assert.deepEqual([same.differs, same.isNew], [false, false]);
    const other = await read<Diff>('diff', 'plans/cars');
    assert.ok(other.isNew && (other.cost.cycleAtMost.new ?? 0) > 0);
  });

  it('prints what it predicts, and what it was told, as their schemas have it', async () => {
    const instance = '{"date":"2001-03-20T17:30:00","distance":300,"origin":"ORD"}';
    const { predictions } = await read<{ predictions: { id: string }[] }>('predict', MODEL, '--data', instance);
    await read('labels', MODEL, '--data', JSON.stringify({ id: predictions[0]?.id, outcome: true }));
    readPrinted('doctor', await run('doctor', '--json'));
  });

  it('says of what is not there what would be, in one line', async () => {
    for (const [words, line] of [
      [['history', 'small-flihgts'], /there is no model "small-flihgts" in s3:.*; did you mean small-flights\?/],
      [['audit', MODEL, '--at', '1999-01-01'], /the ledger of small-flights begins at .*; give an instant after that/],
      [['compare', MODEL, 'v9'], /small-flights has no version 9; it has v1, v2; a cycle is written c1/],
      [['compare', MODEL, 'best'], /"best" is neither a version nor a cycle; write v3, or c3/],
      [['explain', MODEL, '--id', 'nobody/0'], /there is no prediction "nobody\/0" in the \d+ captures/],
      [
        ['explain', MODEL, '--data', '{"date":"2001-03-20","distance":1}'],
        /"origin" is missing in the instance; it takes/,
      ],
      [['explain', MODEL], /nothing to explain; give --id <id>/],
      [['logs', MODEL, '--stage', 'collect'], /--stage is "collect"; it may be train, evaluate, serve/],
      [['logs', MODEL, '--cycle', '9'], /small-flights has no cycle 9; it has cycles 1 to 2/],
      [['report', MODEL, '--cycle', '9'], /small-flights has no cycle 9; it has cycles 1 to 2/],
      [
        ['report', MODEL, '--cycle', '1', '--out', '/nowhere/report.html'],
        /cannot be written \(ENOENT\); name another file/,
      ],
      [['diff', 'nowhere'], /nowhere\/plan\.yaml: there is no such file/],
      [['status', '--watch'], /--watch shows one model; name it/],
    ] as const) {
      const { stderr, stdout, exitCode } = await run(...words);
      assert.equal(exitCode, 2, `${words.join(' ')}: ${stderr}`);
      assert.equal(stdout, '');
      assert.match(stderr, line);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
  });
}
