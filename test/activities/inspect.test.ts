import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pino from 'pino';
import { inspectActivities } from '../../src/activities/inspect.ts';
import type { Activities } from '../../src/activities/interface.ts';
import type { MonitorMemory, MonitorReport, Version } from '../../src/activities/types.ts';
import { valueCountsSql } from '../../src/data/baseline.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { rank } from '../../src/data/metrics.ts';
import type { MonitorDetails } from '../../src/data/monitoring.ts';
import { predictionCounts, valueCountRows } from '../../src/data/value-counts.ts';
import { METRIC_NAMESPACE } from '../../src/names.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';
import { scoredWorld } from '../support/scored.ts';

type Input = Parameters<Activities['inspectModel']>[0];
type Instance = Record<string, unknown>;

/** CloudWatch as far as a pass sees it: what it knows of the endpoint, and what was published to it. */
function cloudWatchWith(known: Readonly<Record<string, number>>) {
  const published: MetricDatum[] = [];
  const namespaces = new Set<string | undefined>();
  const send = async (command: unknown) => {
    if (command instanceof PutMetricDataCommand) {
      namespaces.add(command.input.Namespace);
      published.push(...(command.input.MetricData ?? []));
      return {};
    }
    assert.ok(command instanceof GetMetricDataCommand);
    return {
      MetricDataResults: command.input.MetricDataQueries?.map(({ Id, MetricStat }) => {
        const value = known[MetricStat?.Metric?.MetricName ?? ''];
        return { Id, Values: value === undefined ? [] : [value] };
      }),
    };
  };
  const value = (name: string, dimension?: string) =>
    published.find(
      ({ MetricName, Dimensions }) =>
        MetricName === name &&
        (dimension ? Dimensions?.some(({ Value }) => Value === dimension) : Dimensions?.length === 1),
    )?.Value;
  return { client: { send } as unknown as CloudWatchClient, published, namespaces, value };
}

/** SageMaker with one endpoint, or none. */
function sagemakerWith(variants: readonly string[] | undefined, status = 'InService') {
  const send = async (command: unknown) => {
    if (command instanceof DescribeEndpointConfigCommand)
      return { ProductionVariants: variants?.map((VariantName) => ({ VariantName, InstanceType: 'ml.m5.xlarge' })) };
    assert.ok(command instanceof DescribeEndpointCommand);
    if (!variants)
      throw Object.assign(new Error('Could not find endpoint "rides".'), {
        ...{ name: 'ValidationException', $metadata: { httpStatusCode: 400 } },
      });
    return {
      ...{ EndpointName: 'rides', EndpointConfigName: 'rides-1', EndpointStatus: status },
      ProductionVariants: variants.map((VariantName) => ({ VariantName, CurrentWeight: 1 })),
    };
  };
  return { send } as unknown as SageMakerClient;
}

const HOUR = 3_600_000;
// The end lies in the future, so that no pass waits for its last second to be over.
const to = new Date(Math.ceil(Date.now() / HOUR) * HOUR + HOUR).toISOString();
const from = new Date(Date.parse(to) - 6 * HOUR).toISOString();
const before = (hours: number) => new Date(Date.parse(to) - hours * HOUR).toISOString();

const world = scoredWorld(3000);
const truth = world.model(0);
const instanceOf = (i: number): Instance => ({
  distance: (i * 7919) % 1000,
  zone: `zone ${(i * 31) % 7}`,
  at: `2001-05-${String(1 + (i % 28)).padStart(2, '0')}T${String((i * 5) % 24).padStart(2, '0')}:30:00`,
});
const COLUMNS = [
  { name: 'distance', type: 'DOUBLE' },
  { name: 'zone', type: 'VARCHAR' },
  { name: 'at', type: 'TIMESTAMP' },
];
const PLAN = ridesPlan('rides', {
  monitor: {
    drift: { method: 'psi', warn: 0.1, alarm: 0.25, minRows: 500 },
    quality: [
      { metric: 'auc', min: 0.6 },
      { metric: 'calibration_error', max: 0.055 },
    ],
    minLabels: 1000,
    service: { errorRate: 0.01, latencyP99: '200ms' },
  },
});

describe('inspecting a model', () => {
  let store: FolderStore;
  let champion: Version;
  let evaluation: Version['evaluation'];

  beforeEach(async () => {
    store = await folderStore();
    const [baseline, predictions] = await withDuckDB(async (duck) => {
      await duck.run(
        `CREATE TABLE rows AS SELECT CAST((range * 7919) % 1000 AS DOUBLE) AS distance, 'zone ' || CAST((range * 31) % 7 AS VARCHAR) AS zone,
         TIMESTAMP '2001-05-01' + to_days(CAST(range % 28 AS INTEGER)) + to_hours((range * 5) % 24) AS "at" FROM range(6000)`,
      );
      await duck.writeParquet(valueCountsSql('rows', COLUMNS, { reduce: true }), duck.path('baseline.parquet'));
      await duck.writeParquet(
        valueCountRows(predictionCounts({ target: { problem: 'binary' }, values: truth })),
        duck.path('predictions.parquet'),
      );
      await duck.run(
        `CREATE TABLE labels AS SELECT row_id, label FROM (VALUES ${world.labels
          .map((label, i) => `(${i}, ${label}::DOUBLE)`)
          .join(', ')}) AS t(row_id, label)`,
      );
      await duck.writeParquet('SELECT * FROM labels', duck.path('labels.parquet'));
      const labels = await store.putFile('models/rides/labels.parquet', duck.path('labels.parquet'));
      const answers = truth.map((probability) => JSON.stringify({ probability })).join('\n');
      const challenger = [await store.putText('models/rides/test.out', answers)];
      evaluation = await store.putText(
        'models/rides/evaluation.json',
        JSON.stringify({ data: { labels, challenger } }),
      );
      return [
        await store.putFile('models/rides/baseline.parquet', duck.path('baseline.parquet')),
        await store.putFile('models/rides/predictions.parquet', duck.path('predictions.parquet')),
      ];
    });
    const facts = { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 };
    champion = { version: 2, facts, baseline, predictions, evaluation, registeredAt: before(100) } as Version;
  });
  afterEach(() => store.remove());

  const captureLine = (id: string, at: string, instances: unknown, answer: unknown) =>
    JSON.stringify({
      captureData: {
        endpointInput: {
          observedContentType: 'application/json',
          mode: 'INPUT',
          data: JSON.stringify({ instances }),
          encoding: 'JSON',
        },
        endpointOutput: {
          observedContentType: 'application/json',
          mode: 'OUTPUT',
          data: JSON.stringify(answer),
          encoding: 'JSON',
        },
      },
      eventMetadata: { eventId: `event-${id}`, inferenceId: id, inferenceTime: `${at.slice(0, 19)}Z` },
      eventVersion: '0',
    });
  const folderOf = (at: string) => at.slice(0, 13).replace(/[-T]/g, '/');

  /** Requests of ten rows each, all in one object of the hour. */
  async function capture(
    at: string,
    probabilities: readonly number[],
    row = instanceOf,
    { file = 'a', variant = 'v2', arrived = at } = {},
  ) {
    const lines: string[] = [];
    for (let start = 0; start < probabilities.length; start += 10) {
      const some = probabilities.slice(start, start + 10);
      const answer = { predictions: some.map((probability) => ({ probability, label: probability >= 0.5 })) };
      lines.push(
        captureLine(
          `${file}-${start / 10}`,
          at,
          some.map((_, i) => row(start + i)),
          answer,
        ),
      );
    }
    await delivered(`models/rides/capture/rides/${variant}/${folderOf(at)}/${file}.jsonl`, lines, arrived);
  }
  async function delivered(key: string, lines: readonly string[], arrived: string) {
    await store.putText(key, `${lines.join('\n')}\n`);
    await utimes(join(store.folder, key), new Date(arrived), new Date(arrived));
  }
  const outcomeLine = (eventId: string, data: string) =>
    JSON.stringify({ groundTruthData: { data, encoding: 'CSV' }, eventMetadata: { eventId }, eventVersion: '0' });
  async function outcomes(labels: readonly number[], { file = 'a', arrived = before(1) } = {}) {
    const key = `models/rides/ground-truth/${folderOf(arrived)}/${file}.jsonl`;
    const lines = labels.map((label, i) => outcomeLine(`${file}-${Math.floor(i / 10)}/${i % 10}`, String(label)));
    await delivered(key, lines, arrived);
  }

  const HEALTHY = { Invocations: 300, Invocation5XXErrors: 0, ModelLatency: 20_000, OverheadLatency: 5_000 };
  async function inspect(
    changes: Partial<Input> = {},
    known: Readonly<Record<string, number>> = HEALTHY,
    sagemaker = sagemakerWith(['v2']),
  ) {
    const cloudWatch = cloudWatchWith(known);
    const { inspectModel } = inspectActivities({
      store,
      aws: { cloudWatch: cloudWatch.client, sagemaker },
      log: pino({ level: 'silent' }),
    });
    const input = { frozen: ridesScope(PLAN).frozen, endpoint: 'rides', champion, id: 'pass-1', from, to, ...changes };
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const report: MonitorReport = await environment.run(inspectModel, input);
    const details = JSON.parse(await store.getText(report.details)) as MonitorDetails;
    return { report, details, cloudWatch };
  }

  it('finds nothing where nothing changed, and says how it knows', async () => {
    await capture(before(2), truth);
    await outcomes(world.labels);
    const { report, details, cloudWatch } = await inspect();
    assert.deepEqual(report.findings, []);
    assert.deepEqual([report.requests, report.rows, report.labelled], [300, 3000, 3000]);
    assert.deepEqual(Object.keys(report.drift).sort(), ['at.hour', 'at.weekday', 'distance', 'prediction', 'zone']);
    assert.ok(
      Object.values(report.drift).every((psi) => psi >= 0 && psi < 0.02),
      JSON.stringify(report.drift),
    );
    assert.equal(report.drift.prediction, 0);
    assert.ok((report.quality.auc?.low ?? 0) > 0.6);
    assert.equal(details.quality.outcomes.unmatched, 0);
    assert.deepEqual([...cloudWatch.namespaces], [METRIC_NAMESPACE]);
    assert.equal(cloudWatch.value('LabelledRows'), 3000);
    assert.equal(cloudWatch.value('DriftPsi', 'zone'), report.drift.zone);
    assert.equal(cloudWatch.value('Quality', 'auc'), report.quality.auc?.value);
    assert.equal(cloudWatch.value('Findings', 'drift'), 0);
    assert.match(await store.getText(report.report), /No alarm/);
  });

  it('alarms on inputs that moved, by name, and leaves the others in peace', async () => {
    await capture(before(2), truth, (i) => ({
      ...instanceOf(i),
      distance: 500 + ((i * 7919) % 900),
      zone: i % 2 ? 'moon' : 'zone 1',
    }));
    const { report, cloudWatch } = await inspect();
    assert.deepEqual(report.findings.map(({ kind, severity, subject }) => `${kind} ${severity} ${subject}`).sort(), [
      'drift alarm distance',
      'drift alarm zone',
    ]);
    assert.equal(cloudWatch.value('Findings', 'drift'), 2);
  });

  it('tells inputs that stopped coming, and values of a wrong type, from drift: as bad data, by name', async () => {
    await capture(before(2), truth, (i) => ({ distance: 'far', at: instanceOf(i).at }));
    const { report, details, cloudWatch } = await inspect();
    for (const column of ['distance', 'zone'])
      assert.equal(details.drift.columns.find((one) => one.column === column)?.missing.current, 1, column);
    assert.deepEqual(
      report.findings.map(({ kind, severity, subject, value }) => [kind, severity, subject, value]),
      [
        ['data', 'alarm', 'distance', 1],
        ['data', 'alarm', 'zone', 1],
      ],
    );
    assert.match(
      report.findings[0]?.message ?? '',
      /distance is of another type than in training in 100\.0 % of 3,000 rows/,
    );
    assert.match(report.findings[1]?.message ?? '', /zone is missing in 100\.0 %.*0\.0 % in training/);
    assert.ok(report.findings.every(({ mend = '' }) => mend.length > 20));
    assert.deepEqual(Object.keys(report.drift).sort(), ['at.hour', 'at.weekday']);
    assert.deepEqual([cloudWatch.value('Findings', 'data'), cloudWatch.value('Findings', 'drift')], [2, 0]);
    assert.deepEqual([cloudWatch.value('MissingRise'), cloudWatch.value('Mistyped')], [1, 1]);
    assert.match(await store.getText(report.report), /✕ bad data/);
  });

  it('takes numbers written as text for mistyped, though they could be read as numbers', async () => {
    await capture(before(2), truth, (i) => ({ ...instanceOf(i), ...(i % 20 === 0 && { distance: '12.5' }) }));
    const { report } = await inspect();
    assert.deepEqual(
      report.findings.map(({ kind, subject, value }) => [kind, subject, value]),
      [['data', 'distance', 0.05]],
    );
  });

  it('tells an input that is stuck, unless the plan takes one value for right', async () => {
    await capture(before(2), truth, (i) => ({ ...instanceOf(i), zone: 'zone 3' }));
    const { report } = await inspect();
    assert.deepEqual(
      report.findings.map(({ kind, subject }) => [kind, subject]),
      [['data', 'zone']],
    );
    assert.match(
      report.findings[0]?.message ?? '',
      /zone is zone 3 in every one of 3,000 rows that has it; training had 7 values/,
    );
    const loose = ridesScope(ridesPlan('rides', { monitor: { data: { constant: false } } })).frozen;
    assert.deepEqual(
      (await inspect({ frozen: loose })).report.findings.map(({ kind }) => kind),
      ['drift'],
    );
  });

  it('tells fields that are not sent though requests must carry them, and fields that no version knows', async () => {
    await capture(before(2), truth, (i) => {
      const { distance, ...rest } = instanceOf(i);
      return i % 10 === 0 ? { ...rest, distanze: distance } : { ...rest, distance };
    });
    const { report, details } = await inspect();
    assert.deepEqual(
      report.findings.map(({ kind, subject, value }) => [kind, subject, value]),
      [
        ['data', 'distance', 0.1],
        ['data', 'distanze', 0.1],
      ],
    );
    assert.match(report.findings[0]?.message ?? '', /is not sent in 10\.0 %.*prepare\.inputs requires it/);
    assert.deepEqual(details.data.unknown, { distanze: 0.1 });
  });

  it('tells that the model refuses requests, and what it says', async () => {
    await capture(before(2), truth.slice(0, 900));
    const at = before(2);
    const refusal = (i: number) => ({
      error: { message: `instances[${i}].distance: expected a number, found "x${i}"; send a number or null` },
    });
    const lines = Array.from({ length: 30 }, (_, i) => captureLine(`r-${i}`, at, [{ distance: `x${i}` }], refusal(i)));
    await delivered(`models/rides/capture/rides/v2/${folderOf(at)}/r.jsonl`, [...lines, lines[0] as string], at);
    // Of the window before: no news now.
    await delivered(
      `models/rides/capture/rides/v2/${folderOf(before(8))}/old.jsonl`,
      [captureLine('old', before(8), [{}], refusal(0))],
      before(8),
    );
    const { report, details, cloudWatch } = await inspect();
    assert.equal(details.captured.refused, 30);
    assert.deepEqual(details.data.refusals, { 'distance: expected a number': 30 });
    assert.deepEqual(
      report.findings.map(({ kind, subject, value }) => [kind, subject, value]),
      [['data', 'refused', 0.25]],
    );
    assert.match(
      report.findings[0]?.message ?? '',
      /refused 25\.0 % of 120 requests.*distance: expected a number \(30\)/,
    );
    assert.equal(cloudWatch.value('Refused'), 0.25);
  });

  it('tells refused requests by CloudWatch where none was captured, and does not take them for silence', async () => {
    const memory = { streaks: {}, raised: [], volumes: [0.02, 0.03, 0.025] };
    const { report, details } = await inspect({ memory }, { ...HEALTHY, Invocation4XXErrors: 290 });
    assert.deepEqual(
      report.findings.map(({ kind, subject, value }) => [kind, subject, value]),
      [['data', 'refused', 290 / 300]],
    );
    assert.match(report.findings[0]?.message ?? '', /of 300 requests.*the endpoint's log/);
    assert.deepEqual([details.data.volume.requests, report.memory.volumes.length], [300, 4]);
  });

  it('tells that next to nothing comes, once three passes have said how much does', async () => {
    const silent = { streaks: {}, raised: [], volumes: [0.02, 0.03, 0.025] };
    const { report } = await inspect({ memory: silent }, {});
    const [found] = report.findings;
    assert.deepEqual([found?.kind, found?.severity, found?.subject, found?.value], ['data', 'alarm', 'volume', 0]);
    assert.match(found?.message ?? '', /0 requests came where the last passes would have brought 540/);
    assert.deepEqual(report.memory, silent, 'a collapse is no measure for what comes after it');
    assert.deepEqual((await inspect({ memory: { ...silent, volumes: [0.02, 0.03] } }, {})).report.findings, []);
    await capture(before(2), truth);
    const lively = (await inspect({ memory: silent })).report;
    assert.deepEqual([lively.findings, lively.memory.volumes.length], [[], 4]);
    const shared = await inspect({ memory: silent }, {}, sagemakerWith(['v2', 'v3']));
    assert.deepEqual([shared.report.findings, shared.report.memory], [[], silent], 'a rollout has the traffic');
    const rare = { ...silent, volumes: [1e-4, 1e-4, 1e-4] };
    assert.deepEqual(
      (await inspect({ memory: rare, from: before(1) }, {})).report.findings,
      [],
      'none of 0.4 may be chance',
    );
  });

  it('raises drift only when it was seen in as many passes in a row as the plan says, and ends it when it is calm', async () => {
    const patient = ridesScope(ridesPlan('rides', { monitor: { drift: { consecutive: 2 } } })).frozen;
    const moved = (i: number) => ({ ...instanceOf(i), zone: i % 2 ? 'moon' : 'zone 1' });
    await capture(before(2), truth, moved);
    const first = (await inspect({ frozen: patient })).report;
    assert.deepEqual(
      first.findings.map(({ severity, subject }) => [severity, subject]),
      [['warn', 'zone']],
    );
    assert.match(first.findings[0]?.message ?? '', /pass 1 of 2$/);
    assert.deepEqual([first.memory.streaks, first.memory.raised], [{ 'drift zone': 1 }, []]);
    const second = await inspect({ frozen: patient, memory: first.memory });
    assert.equal(second.report.findings[0]?.severity, 'alarm');
    assert.equal(second.details.drift.states.zone?.streak, 2);
    assert.match(await store.getText(second.report.report), /✕ alarm, pass 2 in a row/);
    assert.deepEqual(second.report.memory.raised, ['drift zone']);
    const few = await inspect({ frozen: patient, memory: second.report.memory, from: before(1) });
    assert.deepEqual([few.report.rows, few.report.memory.raised], [0, ['drift zone']], 'too few rows change nothing');
  });

  it('estimates quality while outcomes are few, and never calls it measured', async () => {
    await capture(before(2), truth);
    await outcomes(world.labels.slice(0, 500));
    const strict = ridesScope(
      ridesPlan('rides', { monitor: { quality: [{ metric: 'auc', min: 0.9 }], minLabels: 1000 } }),
    ).frozen;
    const { report, cloudWatch } = await inspect({ frozen: strict });
    const { auc } = report.estimated ?? {};
    const measured = rank(world.labels, truth).measure().auc as number;
    assert.ok(
      auc && auc.low < measured && measured < auc.high && Math.abs(auc.value - measured) < 0.03,
      JSON.stringify([auc, measured]),
    );
    assert.deepEqual(report.quality, {});
    assert.deepEqual(
      report.findings.map(({ subject, severity, estimated }) => [subject, severity, estimated]),
      [['auc (estimated)', 'warn', true]],
    );
    assert.deepEqual(
      [cloudWatch.value('EstimatedQuality', 'auc'), cloudWatch.value('Quality', 'auc')],
      [auc.value, undefined],
    );
    assert.match(await store.getText(report.report), /Estimated, not measured:/);
    await outcomes(world.labels);
    assert.equal((await inspect({ frozen: strict })).report.estimated, undefined, 'what is measured is not estimated');
  });

  it('tells processors and memory that the plan would not have so busy', async () => {
    const { report, details, cloudWatch } = await inspect(
      {},
      { ...HEALTHY, CPUUtilization: 390, MemoryUtilization: 95 },
    );
    assert.deepEqual(
      report.findings.map(({ kind, severity, subject, value }) => [kind, severity, subject, value]),
      [
        ['service', 'alarm', 'cpu', 0.975],
        ['service', 'alarm', 'memory', 0.95],
      ],
    );
    assert.deepEqual(details.service.instance, { type: 'ml.m5.xlarge', processors: 4 });
    assert.equal(cloudWatch.value('Utilization', 'cpu'), 0.975);
    assert.deepEqual(
      (await inspect({}, { ...HEALTHY, CPUUtilization: 300, MemoryUtilization: 50 })).report.findings,
      [],
    );
  });

  it('tells an endpoint that is gone or failed at once, and one of other versions when it stays so', async () => {
    const found = async (variants?: string[], status?: string, memory?: MonitorMemory) =>
      (await inspect({ memory }, HEALTHY, sagemakerWith(variants, status))).report;
    const told = ({ findings }: MonitorReport) =>
      findings.map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`);
    assert.deepEqual(told(await found()), ['alarm endpoint: the endpoint rides is gone']);
    assert.deepEqual(told(await found(['v2'], 'Failed')), ['alarm endpoint: the endpoint rides is Failed']);
    assert.deepEqual(told(await found(['v2', 'v3'], 'Updating')), []);
    const first = await found(['v3']);
    assert.deepEqual(told(first), [
      'warn endpoint: the endpoint rides serves v3, and the model believes v2; pass 1 of 2',
    ]);
    const second = await found(['v3'], 'InService', first.memory);
    assert.equal(second.findings[0]?.severity, 'alarm');
    const third = await found(['v2'], 'InService', second.memory);
    assert.deepEqual([third.findings, third.memory.raised], [[], []]);
  });

  it('finds the same again when it is killed half-way and repeated, and publishes what may count twice', async () => {
    await capture(before(2), truth, (i) => ({
      ...instanceOf(i),
      zone: 'moon',
      distance: i % 3 ? instanceOf(i).distance : null,
    }));
    await outcomes(world.labels.slice(0, 900));
    const memory = { streaks: { 'drift zone': 3 }, raised: ['drift distance'], volumes: [0.01, 0.02, 0.02] };
    const one = await inspect({ memory });
    const two = await inspect({ memory });
    assert.deepEqual(two.report, one.report);
    assert.equal(two.report.details.sha256, one.report.details.sha256);
    assert.equal(two.report.report.sha256, one.report.report.sha256);
    assert.deepEqual(two.cloudWatch.published, one.cloudWatch.published, 'the same values at the same instant');
  });

  it('does not take a part of a day, or of a week, for drift of hours and weekdays', async () => {
    await capture(before(2), truth, (i) => ({ ...instanceOf(i), at: `2001-05-03T0${i % 6}:00:00` }));
    const { report, details } = await inspect();
    assert.deepEqual(report.findings, []);
    assert.deepEqual(Object.keys(report.drift).sort(), ['distance', 'prediction', 'zone']);
    assert.deepEqual(details.drift.unjudged, {
      'at.hour': 'the rows span 5.0 hours, not a day',
      'at.weekday': 'the rows are of 1 day, not of a week',
    });
    assert.match(await store.getText(report.report), /at\.hour is not judged/);
  });

  it('tells instants that stopped coming as bad data', async () => {
    await capture(before(2), truth, (i) => ({ ...instanceOf(i), at: null }));
    const { report } = await inspect();
    assert.deepEqual(
      report.findings.map(({ kind, subject }) => [kind, subject]),
      [['data', 'at']],
    );
  });

  it('judges no drift on fewer rows than the plan asks for', async () => {
    await capture(before(2), truth.slice(0, 490), (i) => ({ ...instanceOf(i), zone: 'moon' }));
    const { report, details, cloudWatch } = await inspect();
    assert.deepEqual([report.findings, report.drift], [[], {}]);
    assert.equal(details.drift.judged, false);
    assert.equal(cloudWatch.value('DriftPsi', 'zone'), undefined);
  });

  it('alarms on a model that says too much, by calibration and not by ranking', async () => {
    await capture(
      before(2),
      truth.map((p) => Math.min(1, p + 0.1)),
    );
    await outcomes(world.labels);
    const { report, details } = await inspect();
    const found = report.findings.filter(({ kind }) => kind === 'quality');
    assert.deepEqual(
      found.map(({ subject, severity }) => [subject, severity]),
      [['calibration_error', 'alarm']],
    );
    assert.ok(Math.abs((details.quality.scores?.bias.bias ?? 0) - 0.1) < 0.03);
  });

  it('only warns where a broken limit may be chance', async () => {
    const shift = 0.055 - 0.004;
    await capture(
      before(2),
      truth.slice(0, 1200).map((p) => Math.min(1, p + shift + 0.01)),
    );
    await outcomes(world.labels.slice(0, 1200));
    const { report } = await inspect();
    const [found] = report.findings.filter(({ subject }) => subject === 'calibration_error');
    assert.equal(found?.severity, 'warn', JSON.stringify(report.quality.calibration_error));
  });

  it('joins outcomes that come late to predictions from before the window, back to the version’s beginning', async () => {
    await capture(before(90), truth);
    await outcomes(world.labels);
    const { report } = await inspect();
    assert.deepEqual([report.requests, report.rows, report.labelled], [0, 0, 3000]);
    assert.ok(report.quality.auc);
  });

  it('counts an outcome in the window that it arrived in, and in no other', async () => {
    await capture(before(9), truth);
    await outcomes(world.labels, { arrived: before(7) });
    assert.equal((await inspect()).report.labelled, 0);
    assert.equal((await inspect({ from: before(8), to: before(6), id: 'earlier' })).report.labelled, 3000);
  });

  describe('in windows that follow one another', () => {
    const cut = before(3);
    const [just, late] = [before(3.01), before(2.99)];
    /** Both passes look when everything has come: what came after the end of a window is not in it. */
    const passes = async () => {
      const since = before(50);
      const one = await inspect({ since, to: cut, id: 'one' });
      const two = await inspect({ since, from: cut, id: 'two' });
      return [one, two].map(({ report: { requests, rows, labelled } }) => [requests, rows, labelled]);
    };

    it('counts a request once, in the one that brought its capture, however late', async () => {
      await capture(just, truth, instanceOf, { arrived: late });
      await capture(just, truth.slice(0, 10), instanceOf, { file: 'b' });
      assert.deepEqual(await passes(), [
        [1, 10, 0],
        [300, 3000, 0],
      ]);
    });

    it('counts an outcome once, though it came before the capture of its prediction', async () => {
      await capture(before(3.02), truth, instanceOf, { arrived: late });
      await outcomes(world.labels, { arrived: just });
      assert.deepEqual(await passes(), [
        [0, 0, 0],
        [300, 3000, 3000],
      ]);
    });

    it('does not count an outcome again that an earlier one has counted', async () => {
      await capture(before(3.02), truth);
      await capture(before(2.98), truth.slice(0, 10), instanceOf, { file: 'b' });
      await outcomes(world.labels, { arrived: just });
      assert.deepEqual(await passes(), [
        [300, 3000, 3000],
        [1, 10, 0],
      ]);
    });

    it('leaves out what a version was asked before it took over, though its capture came later', async () => {
      await capture(before(3.02), truth, instanceOf, { arrived: late });
      const { report } = await inspect({ since: cut, from: cut });
      assert.equal(report.rows, 0);
    });
  });

  it('takes the last of several outcomes of one prediction, and tells those of other versions', async () => {
    await capture(before(2), truth);
    await capture(before(2), truth.slice(0, 50), instanceOf, { file: 'b', variant: 'v1' });
    await outcomes(
      world.labels.map((label) => 1 - label),
      { arrived: before(3) },
    );
    await outcomes(world.labels.slice(0, 50), { file: 'b' });
    const wrong = (await inspect()).report.quality.auc?.value ?? 1;
    assert.ok(wrong < 0.5);
    const again = `models/rides/ground-truth/${folderOf(before(1))}/again.jsonl`;
    await store.putText(
      again,
      world.labels.map((label, i) => outcomeLine(`a-${Math.floor(i / 10)}/${i % 10}`, String(label))).join('\n'),
    );
    const { report, details } = await inspect();
    assert.ok((report.quality.auc?.value ?? 0) > 0.5);
    assert.deepEqual(
      [report.labelled, details.quality.outcomes.repeated, details.quality.outcomes.unmatched],
      [3000, 3000, 50],
    );
  });

  it('counts lines that it cannot read, says where they are, and goes on', async () => {
    await capture(before(2), truth);
    const at = before(2);
    const ok = { predictions: [{ probability: 0.5 }] };
    const bad = [
      'not json',
      'null',
      '[]',
      '{}',
      captureLine('x', 'never', [{}], ok),
      captureLine('x', at, [{}, {}], ok),
      captureLine('x', at, 'text', ok),
      captureLine('x', at, [3], ok),
      captureLine('x', at, [{}], { predictions: [{ probability: 7 }] }),
      captureLine('x', at, [{}], 'text'),
    ];
    const refused = captureLine('y', at, [{ distance: 'x' }], { error: { message: 'instances[0].distance: …' } });
    await delivered(`models/rides/capture/rides/v2/${folderOf(at)}/bad.jsonl`, [...bad, refused], at);
    await store.putText('models/rides/ground-truth/2026/01/01/00/bad.jsonl', '{"eventMetadata":{}}\nnull\noops\n');
    const { report, details } = await inspect();
    assert.equal(report.rows, 3000);
    assert.deepEqual([details.captured.unreadable, details.captured.refused], [bad.length, 1]);
    assert.match(details.captured.examples[0] ?? '', /bad\.jsonl line 1: it is not a JSON object/);
    assert.equal(details.quality.outcomes.unreadable, 3);
  });

  it('counts a request once that was captured again under the same inference id', async () => {
    await capture(before(2), truth);
    const again = captureLine('a-0', before(2), [instanceOf(0)], { predictions: [{ probability: 0.5 }] });
    await delivered(`models/rides/capture/rides/v2/${folderOf(before(2))}/b.jsonl`, [again], before(2));
    const { report, details } = await inspect();
    assert.equal(report.rows, 3000);
    assert.equal(details.captured.repeated, 1);
  });

  it('survives strange strings, and shows them as text only', async () => {
    const strange = ['<script>alert(1)</script>', 'a\u0000b', '\ud800', '"\n\'', '🛫', ''];
    await capture(before(2), truth.slice(0, 600), (i) => ({ ...instanceOf(i), zone: strange[i % strange.length] }));
    const { report, details } = await inspect();
    assert.equal(report.rows, 600);
    const zones = details.drift.columns.find(({ column }) => column === 'zone');
    assert.deepEqual([zones?.rows.current, zones?.missing.current], [600, 0]);
    assert.doesNotMatch(await store.getText(report.report), /<script/);
  });

  it('finds errors and latency that break the plan, and only warns on a handful of requests', async () => {
    const slow = { Invocations: 1000, Invocation5XXErrors: 50, ModelLatency: 400_000, OverheadLatency: 5_000 };
    const { report } = await inspect({}, slow);
    assert.deepEqual(
      report.findings.map(({ subject, severity, value }) => [subject, severity, value]),
      [
        ['errorRate', 'alarm', 0.05],
        ['latencyP99', 'alarm', 405],
      ],
    );
    const few = await inspect({}, { ...slow, Invocations: 20, Invocation5XXErrors: 1 });
    assert.deepEqual(
      few.report.findings.map(({ severity }) => severity),
      ['warn', 'warn'],
    );
  });

  it('reports an endpoint that nobody asked, with nothing in it', async () => {
    const { report, cloudWatch } = await inspect({}, {});
    assert.deepEqual([report.requests, report.rows, report.labelled, report.findings], [0, 0, 0, []]);
    assert.match(await store.getText(report.report), /No rows were captured/);
    assert.equal(cloudWatch.value('Findings', 'quality'), 0);
  });

  it('publishes nothing to CloudWatch for a window that it would refuse', async () => {
    const { cloudWatch } = await inspect({ from: '2020-01-01T00:00:00.000Z', to: '2020-01-02T00:00:00.000Z' });
    assert.deepEqual(cloudWatch.published, []);
  });
});
