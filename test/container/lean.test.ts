import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PYTHON, ROOT, remove, workFolder } from './support.ts';

const OWN_CODE = `
from xgboost import XGBClassifier

def fit(data, hyperparameters):
    return XGBClassifier(n_estimators=3).fit(data.train.features, data.train.label)
`;

/** Names with which each of the stories below begins. */
const BEGIN = `
import sys
from pathlib import Path
import numpy as np

def learnt():
    import boosting
    from data import Part
    from target import Target
    matrix = np.random.default_rng(1).normal(size=(200, 3))
    part = Part(matrix, (matrix[:, 0] > 0).astype(float))
    model = boosting.fit(part, part, Target(problem="binary", label="label"), {"num_round": 3}, "auc", 7, 1)
    return model, matrix

def own():
    from user_code import load_script
    from scripted import TrainingData, Rows
    matrix = np.random.default_rng(2).normal(size=(200, 3))
    rows = Rows(matrix, (matrix[:, 0] > 0).astype(float), None)
    module = load_script(Path(sys.argv[1]), "own.py")
    return module.fit(TrainingData(rows, rows, ["a", "b", "c"], "binary", [], 7), {}).predict_proba(matrix)
`;

describe('XGBoost in a container', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    ({ folder } = await workFolder());
    const script = join(folder, 'user/own.py');
    await mkdir(dirname(script), { recursive: true });
    await writeFile(script, OWN_CODE);
  });
  after(() => remove(folder));

  const tell = (story: string): string =>
    execFileSync(PYTHON, ['-c', BEGIN + story, folder], { cwd: join(ROOT, 'container'), encoding: 'utf8' });

  it("comes without scikit-learn for our algorithm, and whole for a customer's own code after it", () => {
    tell(`
model, matrix = learnt()
assert "xgboost.core" in sys.modules and "sklearn" not in sys.modules
before = model.answers(matrix)
assert own().shape == (200, 2) and "sklearn" in sys.modules
assert np.array_equal(before, model.answers(matrix))
`);
  });

  it("is the same for our algorithm after a customer's own code took all of it", () => {
    const told = `print(__import__("hashlib").sha256(model.to_bytes()).hexdigest())`;
    const alone = tell(`model, _ = learnt(); ${told}`);
    const after = tell(`assert own().shape == (200, 2); model, _ = learnt(); ${told}`);
    assert.match(alone, /^\[2\] validation-.*\n(.*\n)?[0-9a-f]{64}\n$/m);
    assert.equal(after, alone);
  });
});
