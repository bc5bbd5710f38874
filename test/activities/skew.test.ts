import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, extract } from 'tar';
import { readCaptures } from '../../src/activities/captures.ts';
import { deployActivities } from '../../src/activities/deploy.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { evaluateActivities } from '../../src/activities/evaluate.ts';
import { skewActivities } from '../../src/activities/skew.ts';
import type { EndpointShape, SkewReport, Version } from '../../src/activities/types.ts';
import { invoke } from '../../src/aws/invoke.ts';
import { keys, PROBE } from '../../src/names.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { ridesPlan, ridesScope, trainRides } from '../support/rides.ts';
import { until } from '../support/until.ts';

const model = 'skew-rides';
const ROWS = 60;

describe('training/serving skew of a live endpoint', function () {
  this.timeout(240_000);
  const scope = ridesScope(ridesPlan(model, { monitor: { skew: { rows: 25, max: 0.01 } } }));
  const from = new Date(Date.now() - 60_000).toISOString();
  // The end lies in the future, so that what is captured meanwhile is in the window.
  const to = new Date(Date.now() + 3_600_000).toISOString();
  let deps: Deps;
  let deploy: ReturnType<typeof deployActivities>;
  let artifact: string;
  let instances: unknown[];
  let folder: string;

  before(async () => {
    deps = await laptopDeps();
    deploy = deployActivities(deps);
    folder = await mkdtemp(join(tmpdir(), 'perennial-skew-'));
    const { result, prepared } = await trainRides(deps, scope);
    artifact = result.output;
    const lines = (await deps.store.getText(prepared.testInputs)).trim().split('\n');
    instances = lines.slice(0, ROWS).map((line) => JSON.parse(line) as unknown);
  });
  after(async () => {
    await run(deploy.deleteEndpoint, { endpoint: model });
    await rm(folder, { recursive: true, force: true });
  });

  /** Lets a version serve, asks it in six requests, and waits until they are captured. */
  async function serve(number: number, from: string): Promise<Version> {
    const modelName = `${model}-${number}-model`;
    const { createModel } = evaluateActivities(deps);
    await run(createModel, { ...scope, cycle: number, name: modelName, artifact: from, algorithm: 'xgboost' });
    const facts = { sha256: 'ab'.repeat(32), target: { problem: 'binary' } } as const;
    const registeredAt = new Date().toISOString();
    const champion = { version: number, modelName, artifact: from, cycle: 1, facts, registeredAt } as Version;
    const weights = { [`v${number}`]: 100 };
    const shape: EndpointShape = { endpoint: model, config: `${model}-${number}`, weights };
    await run(deploy.submitEndpoint, { frozen: scope.frozen, shape, versions: [champion] });
    await watch(deploy.watchEndpoint, { shape });
    for (let at = 0; at < ROWS; at += 10)
      await invoke(
        deps.aws.runtime,
        { endpoint: model, id: `caller-${number}-${at}` },
        JSON.stringify({ instances: instances.slice(at, at + 10) }),
      );
    await until(
      'the captures',
      async () => (await captured(number)).filter((id) => id.startsWith('caller')).length === ROWS / 10,
    );
    return champion;
  }

  const objects = (version: number) => deps.store.list(`${keys.capture(model)}/${model}/v${version}/`);
  const captured = async (version: number): Promise<string[]> => {
    const texts = await Promise.all((await objects(version)).map(({ uri }) => deps.store.getText(uri)));
    const lines = texts.flatMap((text) => text.trim().split('\n'));
    return lines.map((line) => JSON.parse(line).eventMetadata.inferenceId as string);
  };
  const replay = (champion: Version): Promise<SkewReport> =>
    run(skewActivities(deps).replaySkew, { frozen: scope.frozen, endpoint: model, champion, from, to });
  const detailsOf = async ({ object }: SkewReport) => JSON.parse(await deps.store.getText(object?.uri ?? ''));

  it('is none of a model that serves what was trained; its own requests are known and left out', async () => {
    const champion = await serve(1, artifact);
    const report = await replay(champion);
    assert.deepEqual(
      { ...report, object: undefined },
      {
        ...{ rows: 25, differing: 0, findings: [], columns: [], object: undefined },
      },
    );
    assert.equal((await detailsOf(report)).told, 25);

    await until('a captured replay', async () => (await captured(1)).some((id) => id.startsWith(PROBE)));
    const seen: string[] = [];
    const { target } = champion.facts;
    await readCaptures(
      deps.store,
      { objects: await objects(1), target },
      async () => undefined,
      ({ id }) => seen.push(id),
    );
    assert.equal(seen.length, ROWS / 10);
    assert.ok(seen.every((id) => id.startsWith('caller-1-')));
    assert.equal((await replay(champion)).rows, 25);
  });

  it('names the feature that the serving artifact computes otherwise', async () => {
    const report = await replay(await serve(2, await tampered()));
    assert.deepEqual(report.columns, [{ feature: 'hour', differing: 25 }]);
    assert.equal(report.differing, 25);
    assert.deepEqual(
      report.findings.map(({ kind, severity, subject, value }) => ({ kind, severity, subject, value })),
      [{ kind: 'skew', severity: 'alarm', subject: 'hour', value: 1 }],
    );
    const [example] = (await detailsOf(report)).examples;
    assert.equal(example.features.hour.serving, example.features.hour.training + 1);
    assert.equal(example.features.hour.training, example.instance.hour);
  });

  it('has nothing to look at where nothing was captured, or where the plan asks for no rows', async () => {
    const nobody = { version: 9, cycle: 1, facts: { target: { problem: 'binary' } } } as Version;
    assert.deepEqual(await replay(nobody), { rows: 0, differing: 0, findings: [], columns: [] });
  });

  /** The artifact, serving with another hour than it was trained with. */
  async function tampered(): Promise<string> {
    const inside = join(folder, 'model');
    await mkdir(inside);
    await deps.store.getFile(artifact, join(folder, 'model.tar.gz'));
    await extract({ file: join(folder, 'model.tar.gz'), cwd: inside });
    const path = join(inside, 'transform', 'transform.json');
    const text = await readFile(path, 'utf8');
    const other = text.replace('CAST(hour AS DOUBLE) AS hour', 'CAST(hour + 1 AS DOUBLE) AS hour');
    assert.notEqual(other, text);
    await writeFile(path, other);
    await create({ file: join(folder, 'tampered.tar.gz'), cwd: inside, gzip: true }, ['.']);
    return (await deps.store.putFile(keys.cycle(model, 1, 'tampered.tar.gz'), join(folder, 'tampered.tar.gz'))).uri;
  }
});
