import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { canaryActivities } from '../../src/activities/canary.ts';
import { captureObjects, readCaptures } from '../../src/activities/captures.ts';
import type { Deps } from '../../src/activities/deps.ts';
import type { CanaryLook, Target, Version } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { predictionCounts, valueCountRows } from '../../src/data/value-counts.ts';
import { PROBE } from '../../src/names.ts';
import { run } from '../support/activities.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';
import { scoredWorld } from '../support/scored.ts';

type Known = Readonly<Record<string, number>>;
type Answer = (row: number) => unknown;

const world = scoredWorld(1200);
const CHAMPION = world.model(0.1);
const CHALLENGER = world.model(0);
const binary =
  (values: readonly number[]): Answer =>
  (row) => ({ probability: values[row], label: (values[row] ?? 0) >= 0.5 });
const now = Date.now();
const began = new Date(now - 120_000).toISOString();
const since = new Date(now - 60_000).toISOString();
const answeredAt = new Date(now - 30_000).toISOString();
const BINARY: Target = { problem: 'binary' };

describe('judging a challenger', () => {
  let store: FolderStore;
  beforeEach(async () => {
    store = await folderStore();
  });
  afterEach(() => store.remove());

  async function version(number: number, test: readonly number[], target: Target = BINARY): Promise<Version> {
    const predictions = await withDuckDB(async (duck) => {
      const path = duck.path('predictions.parquet');
      await duck.writeParquet(valueCountRows(predictionCounts({ target, values: test })), path);
      return store.putFile(`models/rides/predictions-${number}.parquet`, path);
    });
    return { version: number, predictions, facts: { sha256: 'ab', target, threshold: 0.5 } } as Version;
  }

  /** One request a row; ids are the variant's own. */
  async function captured(variant: string, rows: readonly number[], answer: Answer, at = answeredAt, id = variant) {
    const lines = rows.map((row) => {
      const side = (mode: string, data: unknown) => ({ mode, data: JSON.stringify(data), encoding: 'JSON' });
      return JSON.stringify({
        captureData: {
          endpointInput: side('INPUT', { instances: [{ row }] }),
          endpointOutput: side('OUTPUT', { predictions: [answer(row)] }),
        },
        eventMetadata: {
          eventId: `${variant}-${row}`,
          inferenceId: `${id}-${row}`,
          inferenceTime: `${at.slice(0, 19)}Z`,
        },
      });
    });
    await delivered(
      `models/rides/capture/rides/${variant}/${at.slice(0, 13).replace(/[-T]/g, '/')}/${id}.jsonl`,
      lines,
    );
  }
  const outcomes = (variant: string, rows: readonly number[], label: (row: number) => unknown) =>
    delivered(
      `models/rides/ground-truth/2026/${variant}.jsonl`,
      rows.map((row) =>
        JSON.stringify({
          groundTruthData: { data: String(label(row)), encoding: 'CSV' },
          eventMetadata: { eventId: `${variant}-${row}` },
        }),
      ),
    );
  async function delivered(key: string, lines: readonly string[]) {
    await store.putText(key, `${lines.join('\n')}\n`);
    await utimes(join(store.folder, key), new Date(answeredAt), new Date(answeredAt));
  }

  const HEALTHY: Known = { Invocations: 600, Invocation5XXErrors: 0, ModelLatency: 20_000, OverheadLatency: 5_000 };
  interface Scene {
    readonly rollout?: Readonly<Record<string, unknown>>;
    readonly known?: Known;
    readonly alarms?: Readonly<Record<string, string>>;
    /** What the endpoint answers to a row that is asked again; throws as a broken model does. */
    readonly again?: Answer;
    readonly look?: Partial<CanaryLook>;
    readonly plan?: Readonly<Record<string, unknown>>;
  }
  async function judged(challenger: Version, champion: Version | undefined, scene: Scene = {}) {
    const asked: { variant?: string; id?: string }[] = [];
    const cloudWatch = {
      send: async (command: unknown) => {
        if (command instanceof DescribeAlarmsCommand) {
          const raised = Object.entries(scene.alarms ?? {}).filter(([name]) =>
            command.input.AlarmNames?.includes(name),
          );
          return {
            MetricAlarms: raised.map(([AlarmName, at]) => ({ AlarmName, StateTransitionedTimestamp: new Date(at) })),
          };
        }
        assert.ok(command instanceof GetMetricDataCommand);
        return {
          MetricDataResults: command.input.MetricDataQueries?.map(({ Id, MetricStat }) => {
            const value = (scene.known ?? HEALTHY)[MetricStat?.Metric?.MetricName ?? ''];
            return { Id, Values: value === undefined ? [] : [value] };
          }),
        };
      },
    };
    const runtime = {
      send: async ({ input }: InvokeEndpointCommand) => {
        asked.push({ variant: input.TargetVariant, id: input.InferenceId });
        const { instances } = JSON.parse(Buffer.from(input.Body as Uint8Array).toString()) as {
          instances: { row: number }[];
        };
        const answer = scene.again ?? binary(CHALLENGER);
        return { Body: Buffer.from(JSON.stringify({ predictions: instances.map(({ row }) => answer(row)) })) };
      },
    };
    const plan = ridesPlan('rides', { deploy: { rollout: { maxLatencyP99: '1s', ...scene.rollout } }, ...scene.plan });
    const { judgeCanary } = canaryActivities({ store, aws: { cloudWatch, runtime } as unknown as Deps['aws'] });
    const { frozen } = ridesScope(plan);
    const verdict = await run(judgeCanary, {
      ...{ frozen, endpoint: 'rides', version: challenger, champion, began, since, by: 'all' as const },
      ...scene.look,
    });
    return { verdict, asked };
  }

  const ROWS = Array.from({ length: 600 }, (_, row) => row);
  const OTHERS = ROWS.map((row) => row + 600);
  /** Both answer 600 rows each. */
  async function served(challenger: Answer, champion: Answer = binary(CHAMPION)) {
    await captured('v3', ROWS, champion);
    await captured('v4', OTHERS, challenger);
    return [await version(4, CHALLENGER), await version(3, CHAMPION)] as const;
  }

  it('finds a good one healthy, and says by what', async () => {
    const { verdict, asked } = await judged(...(await served(binary(CHALLENGER))));
    assert.equal(verdict.healthy, true, verdict.reason);
    assert.match(
      verdict.reason,
      /^v4: 600 requests, 0 server errors \(0 %\), 0 refused, p99 25\.0 ms; its answers on 600 rows moved by PSI 0\.\d+, the champion's by 0\.\d+; on \d+ equal rows it lies 0\.0\d+ from the champion; not judged by outcomes: 0 of 200$/,
    );
    assert.equal(verdict.shift?.rows, 600);
    assert.ok((verdict.disagreement?.rows ?? 0) >= 299 && (verdict.disagreement?.mean ?? 1) < 0.05);
    assert.ok(asked.every(({ variant, id }) => variant === 'v4' && id === PROBE));
  });

  it('leaves what it asked itself out of what is captured', async () => {
    await captured('v4', ROWS, binary(CHALLENGER));
    await captured('v4', OTHERS, () => 'nonsense', answeredAt, PROBE);
    const objects = await captureObjects(store, { model: 'rides', endpoint: 'rides', version: 4 }, now - 60_000, now);
    let requests = 0;
    const found = await readCaptures(
      store,
      { objects, target: BINARY },
      async () => {},
      () => requests++,
    );
    assert.deepEqual([requests, found.own, found.unreadable], [600, 600, 0]);
  });

  const ill: readonly [string, Answer, RegExp][] = [
    [
      'answers one value to everything',
      () => ({ probability: 0.25 }),
      /it answers 0\.25 to everything, to 600 different/,
    ],
    ['answers nothing that is a prediction', () => ({ probability: null }), /600 of 600 answers are no predictions/],
    [
      'answers elsewhere than on its test part',
      binary(CHALLENGER.map((p) => Math.min(1, p * 0.5 + 0.4))),
      /its answers lie elsewhere than on its test part/,
    ],
  ];
  for (const [what, answer, reason] of ill)
    for (const alone of [false, true])
      it(`sees that it ${what}${alone ? ', when it serves alone, too' : ''}`, async () => {
        const [challenger, champion] = await served(answer);
        const { verdict, asked } = await judged(challenger, alone ? undefined : champion);
        assert.equal(verdict.healthy, false);
        assert.match(verdict.reason, reason);
        assert.deepEqual(asked, [], 'what is wrong already needs no more evidence');
      });

  it('does not hold equal answers to equal inputs against it', async () => {
    await captured('v4', ROWS, () => ({ probability: CHALLENGER[0] }));
    const text = (await store.getText((await store.list('models/rides/capture'))[0]?.uri ?? '')).replaceAll(
      /\\"row\\":\d+/g,
      '\\"row\\":0',
    );
    const key = (await store.list('models/rides/capture'))[0]?.key ?? '';
    await delivered(key, text.trim().split('\n'));
    const { verdict } = await judged(await version(4, CHALLENGER), undefined);
    assert.equal(verdict.healthy, true, verdict.reason);
    assert.match(verdict.reason, /not judged by its answers: 1 of 100 different inputs/);
  });

  it('does not blame it for inputs that moved: the champion moved, too', async () => {
    const moved = (values: readonly number[]) => values.map((p) => Math.min(1, p + 0.25));
    const pair = await served(binary(moved(CHALLENGER)), binary(moved(CHAMPION)));
    const { verdict } = await judged(...pair, { again: binary(moved(CHALLENGER)) });
    assert.equal(verdict.healthy, true, verdict.reason);
    assert.ok((verdict.shift?.psi ?? 0) > 0.5 && (verdict.shift?.champion ?? 0) > 0.5);
    const { verdict: alone } = await judged(pair[0], undefined, { look: { championShift: verdict.shift?.champion } });
    assert.equal(alone.healthy, true, 'on probation the last shift that was seen counts');
    assert.equal((await judged(pair[0], undefined)).verdict.healthy, false);
  });

  const upsideDown = binary(CHALLENGER.map((p) => 0.6 - p));
  it('sees that it disagrees with the champion on the same requests', async () => {
    const { verdict } = await judged(...(await served(binary(CHALLENGER))), { again: upsideDown });
    assert.equal(verdict.healthy, false);
    assert.match(
      verdict.reason,
      /it disagrees with the champion: on \d+ equal rows it lies 0\.\d+ from the champion, at most 0\.25/,
    );
    const { verdict: lax } = await judged(...(await served(binary(CHALLENGER))), {
      again: upsideDown,
      rollout: { maxDisagreement: 0.9 },
    });
    assert.equal(lax.healthy, true, lax.reason);
  });

  it('asks the champion where only the challenger was asked: at its last step', async () => {
    await captured('v4', ROWS, binary(CHALLENGER));
    const pair = [await version(4, CHALLENGER), await version(3, CHAMPION)] as const;
    const { verdict, asked } = await judged(...pair, { again: upsideDown });
    assert.match(verdict.reason, /it disagrees with the champion/);
    assert.deepEqual([...new Set(asked.map(({ variant }) => variant))], ['v3']);
  });

  it('sees that it breaks on requests that the champion answered', async () => {
    const again: Answer = () => {
      const broken = { $metadata: { httpStatusCode: 424 }, $fault: 'client', name: 'ModelError' };
      throw Object.assign(new Error('Received server error (500)'), broken);
    };
    const { verdict, asked } = await judged(...(await served(binary(CHALLENGER))), { again });
    assert.match(verdict.reason, /it failed on \d+ of \d+ requests that the champion had answered \(InvokeEndpoint/);
    assert.ok(asked.length < 20, 'a few failures are enough');
  });

  it('holds a shadow beside the champion by the requests that both answered', async () => {
    const pair = [await version(4, CHALLENGER), await version(3, CHAMPION)] as const;
    await captured('v3', ROWS, binary(CHAMPION));
    await captured('v4-shadow', ROWS, binary(CHALLENGER));
    const { verdict, asked } = await judged(...pair, { look: { shadow: true } });
    assert.equal(verdict.healthy, true, verdict.reason);
    assert.deepEqual([verdict.disagreement?.rows, asked.length], [600, 0]);
    await captured('v4-shadow', ROWS, binary([...CHALLENGER.slice(0, 600)].reverse()));
    const { verdict: mixed } = await judged(...pair, { look: { shadow: true }, rollout: { maxDisagreement: 0.05 } });
    assert.match(mixed.reason, /^v4-shadow: it disagrees with the champion/);
  });

  const chance = (row: number) => world.labels[row] as number;
  it('sees that it is worse by what came true, and leaves it in peace where that may be chance', async () => {
    const pair = await served(binary(CHALLENGER));
    await outcomes('v3', ROWS, chance);
    await outcomes('v4', OTHERS, chance);
    const { verdict } = await judged(...pair);
    assert.equal(verdict.healthy, true, verdict.reason);
    assert.deepEqual([verdict.quality?.measure, verdict.quality?.labels], ['auc', 600]);
    await outcomes('v4', OTHERS, (row) => 1 - chance(row));
    const { verdict: worse } = await judged(...pair);
    assert.match(worse.reason, /it is worse than the champion, with 95 % confidence: auc by 600 outcomes is 0\.\d+/);
  });

  it('holds who serves alone against the limits of the quality that monitoring has', async () => {
    await captured('v4', OTHERS, binary(CHALLENGER));
    await outcomes('v4', OTHERS, (row) => 1 - chance(row));
    const plan = { monitor: { quality: [{ metric: 'auc', min: 0.6 }] } };
    const { verdict } = await judged(await version(4, CHALLENGER), undefined, { plan });
    assert.match(verdict.reason, /^v4: auc is 0\.\d+ .*≥ 0\.6 is asked; broken with 95 % confidence/);
  });

  it("counts alarms that went off since the rollout began: those of the plan, and the service's own", async () => {
    const pair = await served(binary(CHALLENGER));
    const alarms = { 'checkout/down': answeredAt, 'perennial/rides/errors': began, 'another/one': answeredAt };
    const { verdict } = await judged(...pair, { alarms, rollout: { alarms: ['checkout/down'] } });
    assert.deepEqual([verdict.healthy, verdict.alarms], [false, ['checkout/down', 'perennial/rides/errors']]);
    assert.match(verdict.reason, /the alarm checkout\/down went off, and the alarm perennial\/rides\/errors went off/);
    const before = { 'checkout/down': new Date(now - 600_000).toISOString() };
    const { verdict: old } = await judged(...pair, { alarms: before, rollout: { alarms: ['checkout/down'] } });
    assert.equal(old.healthy, true, old.reason);
  });

  it('looks at errors, latency and alarms only in the midst of a step', async () => {
    const pair = await served(() => ({ probability: 0.25 }));
    const { verdict } = await judged(...pair, { look: { by: 'service' } });
    assert.equal(verdict.healthy, true);
    const slow = { ...HEALTHY, ModelLatency: 2_000_000 };
    assert.match(
      (await judged(...pair, { look: { by: 'service' }, known: slow })).verdict.reason,
      /its p99 latency is/,
    );
    const broken = { ...HEALTHY, Invocation5XXErrors: 60 };
    assert.match(
      (await judged(...pair, { look: { by: 'service' }, known: broken })).verdict.reason,
      /error rate is 10 %/,
    );
  });

  it('says what it could not be judged by', async () => {
    const pair = [await version(4, CHALLENGER), await version(3, CHAMPION)] as const;
    await captured('v4', ROWS.slice(0, 40), () => ({ probability: 0.25 }));
    const { verdict } = await judged(...pair);
    assert.equal(verdict.healthy, true);
    assert.match(
      verdict.reason,
      /not judged by its answers: 40 of 100 rows; not judged beside the champion: 40 of 100 rows/,
    );
    const plan = { deploy: { capture: 0 } };
    assert.match((await judged(...pair, { plan })).verdict.reason, /not judged by its answers: nothing is captured$/);
  });

  it('leaves out what was answered before the step', async () => {
    await captured('v4', ROWS, () => ({ probability: 0.25 }), new Date(now - 61_000).toISOString());
    const { verdict } = await judged(await version(4, CHALLENGER), undefined);
    assert.match(verdict.reason, /not judged by its answers: 0 of 100 rows/);
  });

  it('judges classes and values alike', async () => {
    const classes = ['dry', 'rain', 'snow'];
    const target: Target = { problem: 'multiclass', classes };
    const shares = (row: number) => {
      const p = [row % 3 === 0 ? 0.8 : 0.1, row % 3 === 1 ? 0.8 : 0.1];
      return [...p, 1 - (p[0] as number) - (p[1] as number)];
    };
    const answer: Answer = (row) => ({
      probabilities: Object.fromEntries(shares(row).map((p, at) => [classes[at], p])),
    });
    const test = ROWS.flatMap(shares);
    const pair = [await version(4, test, target), await version(3, test, target)] as const;
    await captured('v3', ROWS, answer);
    await captured('v4', OTHERS, answer);
    assert.equal((await judged(...pair, { again: answer })).verdict.disagreement?.mean, 0);
    const other = (await judged(...pair, { again: (row) => answer(row + 1) })).verdict;
    assert.ok(Math.abs((other.disagreement?.mean ?? 0) - 0.7) < 1e-9, other.reason);
    await captured('v4', OTHERS, () => answer(0));
    assert.match((await judged(...pair)).verdict.reason, /it answers dry to everything/);
  });

  it('measures values in standard deviations of the champion', async () => {
    const target: Target = { problem: 'regression' };
    const value: Answer = (row) => ({ value: row % 100 });
    const test = ROWS.map((row) => row % 100);
    const pair = [await version(4, test, target), await version(3, test, target)] as const;
    await captured('v3', ROWS, value);
    await captured('v4', OTHERS, value);
    const { verdict } = await judged(...pair, { again: (row) => ({ value: (row % 100) + 14.4 }) });
    assert.match(
      verdict.reason,
      /it disagrees with the champion: on \d+ equal rows it lies 0\.\d+ standard deviations/,
    );
  });
});
