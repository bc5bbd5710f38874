import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '../../src/plan/schema.ts';
import {
  codeFolder,
  described,
  fixture,
  fixtureChannels,
  measured,
  ourScript,
  ROOT,
  remove,
  startServer,
  type Trained,
  train,
  workFolder,
} from './support.ts';

const DOCS = join(ROOT, 'docs/algorithms.md');

describe("a customer's own algorithm", function () {
  this.timeout(120_000);
  let folder: string;
  const data = {} as Record<Problem, string>;
  before(async () => {
    ({ folder, data: data.binary } = await workFolder());
    data.multiclass = fixture(folder, 'multiclass');
    data.regression = fixture(folder, 'regression');
  });
  after(() => remove(folder));

  /** Our code with these files in `user/`, as the sourcedir holds it. */
  const withUser = async (files: Record<string, string>): Promise<string> => {
    const code = await codeFolder(folder, {});
    await cp(join(ROOT, 'container'), code, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(code, 'user', name)), { recursive: true });
      await writeFile(join(code, 'user', name), text);
    }
    return code;
  };
  const fit = async (problem: Problem, files: Record<string, string>, more: object = {}): Promise<Trained> => {
    const [script] = Object.keys(files);
    const parameters = { algorithm: 'script', script, ...more };
    return train(folder, fixtureChannels(data[problem]), ourScript(parameters, await withUser(files)));
  };
  const rows = async (problem: Problem, count: number) =>
    (await readFile(join(data[problem], 'rows.jsonl'), 'utf8')).split('\n').slice(0, count).join('\n');

  it('is written as docs/algorithms.md shows it, and served as it was measured', async () => {
    const example = /```python\n# mine\/forest\.py\n([\s\S]*?)```/.exec(await readFile(DOCS, 'utf8'))?.[1];
    assert.ok(example, 'docs/algorithms.md has lost its example');
    const job = await fit('multiclass', { 'mine/forest.py': example }, { trees: 30, class_weights: '"balanced"' });
    assert.equal(job.code, 0, job.log);
    assert.ok(measured(job.log, 'auc') > 0.8, job.log);
    assert.deepEqual((await readdir(join(job.model, 'code/user/mine'))).sort(), ['forest.py']);
    const server = await startServer(folder, job.model);
    const answer = await server.invoke(await rows('multiclass', 50), 'application/jsonlines');
    assert.equal(answer.status, 200, answer.text);
    for (const line of answer.text.trim().split('\n')) {
      const { label, probability, probabilities } = JSON.parse(line);
      assert.equal(probability, Math.max(...(Object.values(probabilities) as number[])));
      assert.equal(probabilities[label], probability);
    }
    assert.equal(await server.stop(), 0);
    const again = await fit('multiclass', { 'mine/forest.py': example }, { trees: 30, class_weights: '"balanced"' });
    assert.equal((await described(again.model)).sha256, (await described(job.model)).sha256);
  });

  it('may be classes of its own over several files, and gets hyperparameters with their types', async () => {
    const job = await fit(
      'regression',
      {
        'go/train.py': `from parts.shift import Shifted
def fit(data, hyperparameters):
    assert hyperparameters == {"by": 2.5, "deep": True, "times": 3, "how": "well"}, hyperparameters
    assert data.problem == "regression" and data.classes == [] and data.seed == 11, data
    assert data.feature_names[:2] == ["hour", "amount"], data.feature_names
    assert data.train.features.shape == (3000, 7) and data.train.weight is None
    data.validation.label[:] = 0
    return Shifted(data.train.label.mean(), hyperparameters["by"])
`,
        'parts/shift.py': `import numpy
class Shifted:
    def __init__(self, mean, by):
        self.answer = mean + by
    def predict(self, rows):
        return numpy.full(len(rows), self.answer)
`,
      },
      { by: 2.5, deep: true, times: 3, how: 'well', seed: 11 },
    );
    assert.equal(job.code, 0, job.log);
    assert.ok(Math.abs(measured(job.log, 'r2')) < 0.1, 'measured on labels that the script changed');
    const server = await startServer(folder, job.model);
    const answer = await server.invoke(await rows('regression', 2), 'application/jsonlines');
    assert.match(answer.text, /^\{"value": [0-9.]+\}\n\{"value": [0-9.]+\}\n$/);
    await server.stop();
  });

  const model = (body: string, base = '') => `import numpy
class Model${base}:
${body}
def fit(data, hyperparameters):
    return Model()
`;
  const refused: [string, Problem, string, RegExp][] = [
    ['that has no fit', 'binary', 'x = 1', /script go\.py: has no function fit; define fit\(data, hyperparameters\)/],
    [
      'that cannot be imported',
      'binary',
      'import nothing_like_it',
      /cannot be imported: ModuleNotFoundError: No module/,
    ],
    [
      'whose fit fails',
      'binary',
      'def fit(data, h):\n    return 1 / 0',
      /fit failed: ZeroDivisionError: division by zero/,
    ],
    ['whose fit gives nothing', 'binary', 'def fit(data, h):\n    pass', /fit gave None; return the model/],
    [
      'of one column',
      'binary',
      model('    def predict_proba(self, x): return numpy.ones(len(x))'),
      /the model's answer of predict_proba has the shape \(100,\), expected a column for each of 2 classes/,
    ],
    [
      'that answers NaN',
      'regression',
      model('    def predict(self, x): return numpy.where(numpy.arange(len(x)) == 3, numpy.nan, 1.0)'),
      /the model's answer is not a finite number for 1 of 100 rows, first row 3/,
    ],
    [
      'that answers infinities',
      'regression',
      model('    def predict(self, x): return numpy.full(len(x), -numpy.inf)'),
      /the model's answer is not a finite number for 100 of 100 rows/,
    ],
    [
      'that answers no probabilities',
      'binary',
      model(
        '    def predict_proba(self, x): return numpy.column_stack([numpy.full(len(x), 2.0), numpy.full(len(x), -1.0)])',
      ),
      /the model's answer is no probability from 0 to 1/,
    ],
    [
      'whose probabilities do not sum to 1',
      'multiclass',
      model('    def predict_proba(self, x): return numpy.full((len(x), 3), 0.2)'),
      /the model's answer has probabilities that do not sum to 1/,
    ],
    [
      'of other classes',
      'multiclass',
      model('    classes_ = ["a", "b", "c"]\n    def predict_proba(self, x): return numpy.full((len(x), 3), 1 / 3)'),
      /the class 'a' in classes_; fit it to the label's numbers, 0 to 2/,
    ],
    [
      'that pickle cannot keep',
      'regression',
      'def fit(data, h):\n    class Local:\n        def predict(self, x): return x[:, 0] * 0\n    return Local()',
      /pickle must know its classes and functions by module and name/,
    ],
    [
      'without predict',
      'regression',
      'def fit(data, h):\n    return 7',
      /it needs predict_proba \(predict for a regression\)/,
    ],
  ];
  for (const [what, problem, text, words] of refused)
    it(`is refused: one ${what}`, async () => {
      const job = await fit(problem, { 'go.py': text });
      assert.equal(job.code, 1, job.log);
      assert.match(job.failure, words);
      assert.deepEqual(await readdir(job.model), []);
    });

  it("is refused under one of our modules' names, outside its folder, and when it is not there @long", async () => {
    const taken = await fit('binary', { 'go.py': 'import features', 'features.py': '' });
    assert.match(taken.failure, /features\.py has the name of one of Perennial's own modules; call it something else/);
    for (const script of ['../train.py', 'other.py']) {
      const job = await fit('binary', { 'go.py': '' }, { script });
      assert.match(job.failure, /there is no .* among your files; name a Python file beside the plan/);
    }
    const nameless = await train(folder, fixtureChannels(data.binary), ourScript({ algorithm: 'script' }));
    assert.match(nameless.failure, /hyperparameter script: is missing/);
  });

  it('orders columns by classes_, and a class that it never saw has 0', async () => {
    const job = await fit('multiclass', {
      'go.py': model(
        '    classes_ = numpy.array([2.0, 0.0])\n    def predict_proba(self, x): return numpy.tile([0.75, 0.25], (len(x), 1))',
      ),
    });
    assert.equal(job.code, 0, job.log);
    const server = await startServer(folder, job.model);
    const answer = await server.invoke(await rows('multiclass', 1), 'application/jsonlines');
    assert.deepEqual(JSON.parse(answer.text), {
      label: 'once',
      probability: 0.75,
      probabilities: { again: 0.25, never: 0, once: 0.75 },
    });
    await server.stop();
  });

  it('that goes wrong when it is asked answers 500 and says why, and knows rows it was not made for', async () => {
    const picky = '    def predict(self, x):\n        return numpy.where(x[:, 1] == 7.25, numpy.nan, x[:, 0] * 0)';
    const job = await fit('regression', { 'go.py': model(picky) });
    assert.equal(job.code, 0, job.log);
    const server = await startServer(folder, job.model);
    const instance = JSON.parse(await rows('regression', 1));
    const ask = (amount: number) =>
      server.invoke(JSON.stringify({ instances: [{ ...instance, visited: '2001-01-01T00:00:00Z', amount }] }));
    const wrong = await ask(7.25);
    assert.equal(wrong.status, 500);
    assert.match(JSON.parse(wrong.text).error.message, /the model's answer to these instances is not a finite number/);
    assert.deepEqual(JSON.parse((await ask(7)).text), { predictions: [{ value: 0 }] });
    await server.stop();
  });
});
