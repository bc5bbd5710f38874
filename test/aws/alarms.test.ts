import assert from 'node:assert/strict';
import { alarmArns, alarmsOf } from '../../src/aws/alarms.ts';
import { dashboardBody } from '../../src/aws/dashboard.ts';
import { processorsOf } from '../../src/aws/instances.ts';
import { METRICS } from '../../src/plan/schema.ts';
import { tinyPlan } from '../support/plan.ts';

const watch = (monitor: Record<string, unknown>, variants: readonly string[] = ['v1']) =>
  alarmsOf({
    plan: tinyPlan({ monitor }),
    endpoint: 'tiny',
    variants,
    topicArn: 'arn:aws:sns:us-east-1:1:perennial-tiny',
    reports: 's3://bucket/models/tiny/monitor/',
  });
const named = (alarms: ReturnType<typeof alarmsOf>, name: string) => {
  const found = alarms.find(({ AlarmName }) => AlarmName === `perennial/tiny/${name}`);
  assert.ok(found, `there is no alarm ${name}`);
  return found;
};

describe('the alarms of a model', () => {
  it('all tell the topic, say what to do, and say what missing data means', () => {
    const alarms = watch({ quality: [{ metric: 'auc', min: 0.6 }] });
    assert.ok(alarms.length >= 5);
    for (const alarm of alarms) {
      assert.deepEqual(alarm.AlarmActions, ['arn:aws:sns:us-east-1:1:perennial-tiny']);
      assert.ok((alarm.AlarmDescription ?? '').length > 40, alarm.AlarmName);
      assert.ok(alarm.TreatMissingData, alarm.AlarmName);
      const description = alarm.AlarmDescription ?? '';
      assert.match(
        description,
        /console\.aws\.amazon\.com\/cloudwatch\/home\?region=us-east-1#dashboards\/dashboard\/perennial-tiny/,
      );
      assert.match(description, /s3:\/\/bucket\/models\/tiny\/monitor\//);
      assert.ok(description.length <= 1024, alarm.AlarmName);
    }
    assert.equal(new Set(alarms.map(({ AlarmName }) => AlarmName)).size, alarms.length);
  });

  it('watch errors and the 99th percentile of latency over every variant, in the units of CloudWatch', () => {
    const alarms = watch({ service: { errorRate: 0.02, latencyP99: '250ms' } }, ['v9', 'v10']);
    const errors = named(alarms, 'errors');
    assert.equal(errors.Threshold, 0.02);
    assert.equal(errors.TreatMissingData, 'notBreaching');
    const variants = errors.Metrics?.flatMap(({ MetricStat }) =>
      (MetricStat?.Metric?.Dimensions ?? []).filter(({ Name }) => Name === 'VariantName').map(({ Value }) => Value),
    );
    assert.deepEqual(variants, ['v9', 'v10', 'v9', 'v10']);

    const latency = named(alarms, 'latency');
    assert.equal(latency.Threshold, 250_000);
    assert.equal(latency.Metrics?.[0]?.MetricStat?.Stat, 'p99');
  });

  it('give exactly one result of a formula that uses every metric it fetches', () => {
    for (const { Metrics } of watch({}, ['v1', 'v2', 'v3'])) {
      if (!Metrics) continue;
      const results = Metrics.filter(({ ReturnData }) => ReturnData);
      assert.equal(results.length, 1);
      const expression = results[0]?.Expression ?? '';
      for (const { Id = '', ReturnData } of Metrics)
        if (!ReturnData) assert.ok(expression.includes(Id) || expression.includes(Id.replace(/\d+$/, '"')), Id);
    }
  });

  it('take at most ten metrics each, of the newest versions, however many variants there are', () => {
    const variants = Array.from({ length: 12 }, (_, index) => `v${index + 1}`);
    const { Metrics = [] } = named(watch({}, variants), 'errors');
    assert.ok(Metrics.length <= 10);
    assert.match(JSON.stringify(Metrics), /"v12"/);
    assert.doesNotMatch(JSON.stringify(Metrics), /"v1"/);
  });

  it('leave out the service while nothing is served', () => {
    assert.deepEqual(
      watch({}, []).map(({ AlarmName }) => AlarmName),
      ['drift', 'data', 'skew', 'service', 'silence'].map((name) => `perennial/tiny/${name}`),
    );
  });

  it('tell findings by kind, as monitoring weighed them', () => {
    for (const kind of ['drift', 'data', 'skew', 'service']) {
      const { MetricName, Dimensions, Threshold } = named(watch({}), kind);
      assert.deepEqual([MetricName, Threshold], ['Findings', 1]);
      assert.deepEqual(Dimensions?.at(-1), { Name: 'Kind', Value: kind });
    }
  });

  it('do not count a pass twice that published twice', () => {
    const sums = watch({ quality: [{ metric: 'auc', min: 0.6, max: 0.9 }] })
      .filter(({ Namespace }) => Namespace === 'Perennial')
      .filter(
        ({ AlarmName, Statistic = '' }) =>
          !['Maximum', 'Minimum'].includes(Statistic) && !AlarmName.endsWith('silence'),
      );
    assert.deepEqual(sums, []);
  });

  it('watch processors and memory of each variant by plain metrics, in the units of CloudWatch', () => {
    const alarms = watch({ service: { cpu: 0.8, memory: 0.7 } }, ['v1', 'v2']);
    const cpu = named(alarms, 'cpu/v2');
    assert.deepEqual([cpu.Namespace, cpu.MetricName], ['/aws/sagemaker/Endpoints', 'CPUUtilization']);
    assert.equal(cpu.Threshold, 100 * 0.8 * 2, 'of two processors');
    assert.equal(named(alarms, 'memory/v1').Threshold, 70);
  });

  it('hold quality against each bound of the plan', () => {
    const alarms = watch({
      quality: [
        { metric: 'auc', min: 0.6 },
        { metric: 'calibration_error', min: 0, max: 0.06 },
      ],
    });
    const auc = named(alarms, 'quality/auc-min');
    assert.equal(auc.ComparisonOperator, 'LessThanThreshold');
    assert.equal(auc.Threshold, 0.6);
    assert.deepEqual(auc.Dimensions, [
      { Name: 'Model', Value: 'tiny' },
      { Name: 'Metric', Value: 'auc' },
    ]);
    assert.equal(named(alarms, 'quality/calibration_error-max').ComparisonOperator, 'GreaterThanThreshold');
    assert.equal(named(alarms, 'quality/calibration_error-min').Threshold, 0);
  });

  const everies = ['1s', '90s', '10m', '1h', '7h', '1 day', '2 days', '7 days', '30 days'];
  for (const every of everies)
    it(`use periods that CloudWatch takes when monitoring comes every ${every}`, () => {
      for (const { Period, EvaluationPeriods = 0, AlarmName } of watch({
        every,
        quality: [{ metric: 'auc', min: 0.5 }],
      })) {
        if (Period === undefined) continue;
        assert.equal(Period % 60, 0, AlarmName);
        const longest = Period < 3_600 ? 86_400 : 604_800;
        assert.ok(Period * EvaluationPeriods <= longest, `${AlarmName}: ${Period} s × ${EvaluationPeriods}`);
      }
    });

  it('miss the monitor after two passes, and not before', () => {
    const silence = named(watch({ every: '1h' }), 'silence');
    assert.equal((silence.Period ?? 0) * (silence.EvaluationPeriods ?? 0), 2 * 3_600);
    assert.equal(silence.TreatMissingData, 'breaching');
    const names = watch({ every: '30 days' }).map(({ AlarmName }) => AlarmName);
    assert.ok(!names.includes('perennial/tiny/silence'));
  });

  it('have ARNs in the account of their topic', () => {
    assert.deepEqual(alarmArns('arn:aws-cn:sns:cn-north-1:123456789012:perennial-tiny', ['perennial/tiny/drift']), [
      'arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:perennial/tiny/drift',
    ]);
  });
});

describe('an instance type', () => {
  it('has the processors that AWS gives its size', () => {
    const sizes = {
      'ml.t3.medium': 2,
      'ml.m7g.medium': 1,
      'ml.m5.large': 2,
      'ml.c5.xlarge': 4,
      'ml.m5.24xlarge': 96,
      'ml.c4.8xlarge': 36,
    };
    for (const [type, wanted] of Object.entries(sizes)) assert.equal(processorsOf(type), wanted, type);
    assert.equal(processorsOf('ml.new.huge'), undefined);
  });
});

describe('the dashboard of a model', () => {
  const quality = METRICS.map((metric) => ({ metric, min: 0.1, max: 0.9 }));
  const shown = (alarms: string[]) =>
    dashboardBody({
      plan: tinyPlan({ monitor: { quality } }),
      endpoint: 'tiny',
      region: 'us-east-1',
      alarmArns: alarms,
    });

  it('shows requests, errors, latency, drift, quality and alarms', () => {
    const text = JSON.stringify(shown(['arn:aws:cloudwatch:us-east-1:1:alarm:perennial/tiny/drift']));
    for (const word of [
      'Invocations',
      'Invocation5XXErrors',
      'ModelLatency',
      'DriftPsi',
      'Quality',
      'EstimatedQuality',
      'MissingRise',
      'Mistyped',
      'Refused',
      'CPUUtilization',
      'MemoryUtilization',
      'perennial/tiny/drift',
    ])
      assert.ok(text.includes(word), word);
  });

  it('lays its widgets out in 24 columns, none over another', () => {
    for (const alarms of [[], ['arn']]) {
      const taken = new Set<string>();
      for (const { x, y, width, height } of shown(alarms).widgets) {
        assert.ok(x + width <= 24);
        for (let column = x; column < x + width; column += 1)
          for (let row = y; row < y + height; row += 1) {
            const cell = `${column}/${row}`;
            assert.ok(!taken.has(cell), cell);
            taken.add(cell);
          }
      }
    }
  });

  it('gives every expression of a chart an id of its own', () => {
    for (const { properties } of shown([]).widgets) {
      const metrics = (properties.metrics ?? []) as { id?: string }[][];
      const ids = metrics.map(([first]) => first?.id).filter(Boolean);
      assert.equal(new Set(ids).size, ids.length);
    }
  });
});
