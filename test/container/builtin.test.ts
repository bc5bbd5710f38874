import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { long } from '../support/long.ts';
import { type Channels, codeFolder, PYTHON, remove, startServer, train, workFolder } from './support.ts';

const KINDS = { csv: 'text/csv', libsvm: 'text/libsvm', parquet: 'application/x-parquet' } as const;
type Kind = keyof typeof KINDS;
const PARAMETERS = {
  num_round: '6',
  objective: 'binary:logistic',
  max_depth: '3',
  eta: '0.3',
  eval_metric: 'logloss,auc',
  seed: '1',
};

describe('the built-in algorithm of the XGBoost container', () => {
  let folder: string;
  let variants: string;
  before(async () => {
    let data: string;
    ({ folder, data } = await workFolder());
    variants = join(folder, 'variants');
    execFileSync(PYTHON, [join(import.meta.dirname, 'variants.py'), data, variants]);
    await mkdir(join(folder, 'empty'));
  });
  after(() => remove(folder));

  const channels = (kind: Kind, contentType: string = KINDS[kind]): Channels => ({
    train: { folder: join(variants, `${kind}-train`), contentType },
    validation: { folder: join(variants, `${kind}-validation`), contentType },
  });

  it('trains from CSV, LIBSVM and Parquet alike, logging each round as AWS does @long', async () => {
    const logs: (readonly string[])[] = [];
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const job = await train(folder, channels(kind), PARAMETERS);
      assert.equal(job.code, 0, job.log);
      assert.deepEqual(await readdir(job.model), ['xgboost-model']);
      const rounds = job.log.match(
        /^\[\d+\]#011train-logloss:[\d.]+#011train-auc:[\d.]+#011validation-logloss:[\d.]+#011validation-auc:[\d.]+$/gm,
      );
      assert.equal(rounds?.length, 6, job.log);
      logs.push(rounds ?? []);
    }
    assert.deepEqual(logs[1], logs[0], 'LIBSVM and CSV');
    assert.deepEqual(logs[2], logs[0], 'Parquet and CSV');
  });

  it('serves xgboost-model for CSV, LIBSVM and JSON as xgboost itself predicts', async () => {
    const job = await train(folder, channels('csv'), PARAMETERS);
    const server = await startServer(folder, job.model, {});
    const rows = (await readFile(join(variants, 'csv-validation/rows.csv'), 'utf8')).trim().split('\n').slice(0, 40);
    const features = rows.map((line) => line.split(',').slice(1));
    const predicted: number[] = JSON.parse(
      execFileSync(
        PYTHON,
        [
          '-c',
          'import json, sys, numpy, xgboost\nrows = [[float(c) if c else numpy.nan for c in row] for row in json.load(sys.stdin)]\nprint(xgboost.Booster(model_file=bytearray(open(sys.argv[1], "rb").read())).predict(xgboost.DMatrix(numpy.array(rows))).tolist())',
          join(job.model, 'xgboost-model'),
        ],
        { input: JSON.stringify(features), encoding: 'utf8' },
      ),
    );
    const csv = await server.invoke(features.map((row) => row.join(',')).join('\n'), 'text/csv');
    assert.deepEqual(csv, { status: 200, type: 'text/csv', text: predicted.map((value) => String(value)).join(',') });
    const lines = (await readFile(join(variants, 'libsvm-validation/rows.libsvm'), 'utf8')).split('\n').slice(0, 40);
    const libsvm = await server.invoke(lines.join('\n'), 'text/libsvm');
    assert.deepEqual(libsvm.text.split(',').map(Number), predicted);
    const instances = features.map((row) => ({ features: row.map((cell) => (cell === '' ? null : Number(cell))) }));
    const json = await server.invoke(JSON.stringify({ instances }));
    assert.deepEqual(
      JSON.parse(json.text).predictions,
      predicted.map((score) => ({ score })),
    );

    for (const [body, type, status, words] of [
      [
        '1,2',
        'text/csv',
        400,
        /Feature size of text\/csv inference data 2 is not consistent with feature size of trained model 7/,
      ],
      ['1,x,3,4,5,6,7', 'text/csv', 400, /line 1: 'x' is not a number/],
      ['1,2\n1', 'text/csv', 400, /the rows have 1, 2 columns/],
      ['0 99:1', 'text/libsvm', 400, /line 1: 99:1 names no feature of 0 to 6/],
      ['{"rows":1}', 'application/json', 400, /expected \{"instances"/],
      ['', 'text/csv', 400, /the request has no rows/],
      ['x', 'image/png', 415, /Content-type image\/png is not supported/],
    ] as const) {
      const answer = await server.invoke(body, type);
      assert.equal(answer.status, status, answer.text);
      assert.match(JSON.parse(answer.text).error.message, words);
    }
    assert.equal(await server.stop(), 0);
  });

  /** A folder with one file of `rows` rows of four features, their label by `label`, in the words of `line`. */
  const made = async (
    label: (index: number) => number,
    line: (label: number, cells: number[], index: number) => string,
  ) =>
    codeFolder(folder, {
      'rows.data': Array.from({ length: 200 }, (_, index) => {
        const cells = [37, 61, 89, 97].map((factor) => ((index * factor) % 100) / 100);
        return line(label(index), cells, index);
      }).join('\n'),
    });
  const csv = (label: number, cells: number[]) => [label, ...cells].join(',');

  it('measures what SageMaker measures beyond XGBoost, and takes several classes and values @long', async () => {
    const classes = await made((index) => index % 3, csv);
    const values = await made((index) => (index * 37) % 100, csv);
    const halves = await made((index) => Number((index * 37) % 100 > 50), csv);
    for (const [data, parameters, metrics] of [
      [halves, { objective: 'binary:logistic' }, 'error,accuracy,f1,f1_binary,precision,recall,balanced_accuracy'],
      [classes, { objective: 'multi:softprob', num_class: '3' }, 'mlogloss,merror,accuracy,f1_macro,recall_micro'],
      [classes, { objective: 'multi:softmax', num_class: '3' }, 'accuracy,precision_macro'],
      [values, { objective: 'reg:squarederror' }, 'rmse,mae,mse,r2'],
    ] as const) {
      const train_ = { folder: data, contentType: 'text/csv; label_size=1' };
      const all = { num_round: '8', eval_metric: metrics, seed: '1', ...parameters };
      const job = await train(folder, { train: train_, validation: train_ }, all);
      assert.equal(job.code, 0, job.log);
      const last = job.log.split('\n').find((line) => line.startsWith('[7]')) ?? '';
      const told = Object.fromEntries(
        last
          .split('#011')
          .slice(1)
          .map((cell) => [cell.slice(0, cell.lastIndexOf(':')), Number(cell.split(':').at(-1))]),
      );
      const names = metrics.split(',');
      assert.deepEqual(
        Object.keys(told).sort(),
        ['train', 'validation'].flatMap((part) => names.map((name) => `${part}-${name}`)).sort(),
      );
      // What can be told from XGBoost's own metrics.
      if ('train-error' in told) assert.equal(told['train-accuracy']?.toFixed(4), (1 - told['train-error']).toFixed(4));
      if ('train-merror' in told)
        assert.equal(told['train-accuracy']?.toFixed(4), (1 - told['train-merror']).toFixed(4));
      if ('train-rmse' in told) assert.ok(Math.abs((told['train-mse'] ?? 0) / told['train-rmse'] ** 2 - 1) < 1e-3);
    }
  });

  it('stops early by a metric of which more is better', async () => {
    const halves = await made((index) => Number((index * 37) % 100 > 50), csv);
    const data = { folder: halves, contentType: 'text/csv' };
    const job = await train(
      folder,
      { train: data, validation: data },
      {
        num_round: '50',
        objective: 'binary:logistic',
        eval_metric: 'logloss,accuracy',
        early_stopping_rounds: '3',
      },
    );
    assert.equal(job.code, 0, job.log);
    const accuracies = [...job.log.matchAll(/validation-accuracy:([\d.]+)/g)].map((found) => Number(found[1]));
    const best = accuracies.indexOf(Math.max(...accuracies));
    assert.equal(accuracies.length, best + 1 + 3, job.log);
  });

  it('weighs rows by csv_weights, and by the labels of LIBSVM @long', async () => {
    const label = (index: number) => Number((index * 37) % 100 > 50);
    const weight = (index: number) => 1 + (index % 4);
    const features = (cells: number[]) => cells.map((cell, at) => `${at}:${cell}`).join(' ');
    const weighted = await made(label, (one, cells, index) => [one, weight(index), ...cells].join(','));
    const libsvm = await made(label, (one, cells, index) => `${one}:${weight(index)} ${features(cells)}`);
    const plain = await made(label, csv);
    const all = { num_round: '4', objective: 'binary:logistic', eval_metric: 'logloss' };
    const logs: string[] = [];
    for (const [data, contentType, more] of [
      [weighted, 'text/csv', { csv_weights: '1' }],
      [libsvm, 'text/libsvm', {}],
      [plain, 'text/csv', {}],
    ] as const) {
      const job = await train(folder, { train: { folder: data, contentType } }, { ...all, ...more });
      assert.equal(job.code, 0, job.log);
      logs.push(
        job.log
          .split('\n')
          .filter((line) => line.startsWith('['))
          .join('\n'),
      );
    }
    assert.equal(logs[1], logs[0]);
    assert.notEqual(logs[2], logs[0]);
    const mixed = await codeFolder(folder, { 'rows.libsvm': '1:2 0:1\n', 'more.libsvm': '0 0:2\n' });
    const job = await train(folder, { train: { folder: mixed, contentType: 'text/libsvm' } }, all);
    assert.match(job.failure, /^Customer Error: Either all rows of LIBSVM data have a weight/);
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    ['no num_round', { num_round: '' }, /Missing required hyperparameter: num_round/],
    ['an unknown hyperparameter', { depth: '3' }, /Extraneous hyperparameter found: depth/],
    ['text for a number', { eta: 'fast' }, /Hyperparameter eta: could not parse value 'fast' as a number/],
    ['a number out of range', { subsample: '0' }, /Hyperparameter subsample: 0\.0 is not in \(0, 1\]/],
    ['an unknown objective', { objective: 'binary:magic' }, /Hyperparameter objective: binary:magic is not in/],
    ['an unknown eval_metric', { eval_metric: 'auc,luck' }, /Hyperparameter eval_metric: luck is not in/],
    ['classes of values', { objective: 'reg:squarederror', eval_metric: 'accuracy' }, /Metric 'accuracy' needs/],
    ['classes that are not counted', { objective: 'multi:softmax' }, /Require input for parameter 'num_class'/],
  ];
  const FEW = ['no num_round', 'an unknown hyperparameter'];
  for (const [what, parameters, words] of wrong)
    it(`refuses ${what}${long(!FEW.includes(what))}`, async () => {
      const all = Object.entries({ ...PARAMETERS, ...parameters }).filter(([, value]) => value !== '');
      const job = await train(folder, channels('csv'), Object.fromEntries(all));
      assert.equal(job.code, 1);
      assert.match(job.failure, /^Customer Error: /);
      assert.match(job.failure, words);
      assert.deepEqual(await readdir(job.model), []);
    });

  it('refuses data that it cannot use, by channel and first line @long', async () => {
    const at = (name: string, contentType?: string): Channels => ({
      train: { folder: name, ...(contentType ? { contentType } : {}) },
    });
    const ragged = await codeFolder(folder, { 'rows.csv': '1,2,3\n0,5\n' });
    for (const [given, words] of [
      [{}, /Missing required channel: train/],
      [at(join(folder, 'empty'), 'text/csv'), /No data in train channel path/],
      [
        at(join(variants, 'headed'), 'text/csv'),
        /First line 'bought,hour,amount\.\.\.' of file 'rows\.csv' is not 'CSV' format/,
      ],
      [at(join(variants, 'csv-train')), /is not 'LIBSVM' format/],
      [at(join(variants, 'csv-train'), 'application/x-parquet'), /Failed to load parquet data/],
      [at(join(variants, 'csv-train'), 'text/plain'), /text\/plain is not an accepted ContentType: csv, text\/csv,/],
      [at(ragged, 'text/csv'), /Failed to load csv data/],
    ] as const) {
      const job = await train(folder, given, PARAMETERS);
      assert.equal(job.code, 1, job.log);
      assert.match(job.failure, words);
    }
  });

  it('refuses labels that the objective does not take', async () => {
    const code = await codeFolder(folder, {});
    await writeFile(join(code, 'rows.csv'), '3,1\n5,2\n');
    const job = await train(folder, { train: { folder: code, contentType: 'text/csv' } }, PARAMETERS);
    assert.match(job.failure, /^Customer Error: .*label must be in \[0,1\]/s);
  });

  it('ends with the reason in its log when there is no xgboost-model, or none of XGBoost @long', async () => {
    for (const [files, words] of [
      [{ other: '1' }, /the artifact has no xgboost-model/],
      [{ 'xgboost-model': 'nonsense' }, /xgboost-model is not a model of XGBoost/],
    ] as const) {
      const server = await startServer(folder, await codeFolder(folder, files), {});
      assert.equal(await server.ended, 1);
      assert.match(server.log(), words);
    }
  });
});
