import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeFolder, remove, script, startTraining, train, until } from './support.ts';

const MOST_MS = 30_000;

describe("a customer's training script in the XGBoost container", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'script-'));
  });
  after(() => remove(folder));

  const runs = async (text: string, parameters: Record<string, unknown> = {}, more: Record<string, string> = {}) => {
    const code = await codeFolder(folder, { 'go.py': text, ...more });
    const data = await codeFolder(folder, { 'rows.csv': '1,2' });
    return train(folder, { rows: { folder: data } }, script(code, parameters, 'go.py'));
  };

  it('is called with its hyperparameters as arguments and as variables, and finds its channels', async () => {
    const job = await runs(
      `import json, os, sys
out = {"arguments": sys.argv[1:], "variables": {k: v for k, v in os.environ.items() if k.startswith("SM_")},
       "rows": open(os.environ["SM_CHANNEL_ROWS"] + "/rows.csv").read(), "job": os.environ["TRAINING_JOB_NAME"]}
json.dump(out, open(os.environ["SM_MODEL_DIR"] + "/out.json", "w"))`,
      { eta: 0.1, deep: true, name: 'two words', k: 3 },
    );
    assert.equal(job.code, 0, job.log);
    const seen = JSON.parse(await readFile(join(job.model, 'out.json'), 'utf8'));
    assert.deepEqual(seen.arguments, ['--deep', 'True', '--eta', '0.1', '-k', '3', '--name', 'two words']);
    assert.equal(seen.rows, '1,2');
    assert.equal(seen.job, 'job');
    const { variables } = seen;
    assert.deepEqual(JSON.parse(variables.SM_HPS), { eta: 0.1, deep: true, name: 'two words', k: 3 });
    assert.deepEqual(JSON.parse(variables.SM_USER_ARGS), seen.arguments);
    assert.deepEqual(JSON.parse(variables.SM_CHANNELS), ['rows']);
    assert.deepEqual(JSON.parse(variables.SM_HOSTS), ['algo-1']);
    assert.equal(variables.SM_HP_ETA, '0.1');
    assert.equal(variables.SM_HP_NAME, 'two words');
    assert.equal(variables.SM_CURRENT_HOST, 'algo-1');
    assert.equal(variables.SM_MODULE_NAME, 'go');
    assert.match(variables.SM_NUM_CPUS, /^[1-9]\d*$/);
    assert.match(variables.SM_OUTPUT_DATA_DIR, /\/output\/data$/);
    const environment = JSON.parse(variables.SM_TRAINING_ENV);
    assert.deepEqual(environment.hyperparameters, JSON.parse(variables.SM_HPS));
    assert.equal(environment.job_name, 'job');
  });

  it('that crashes fails the job with its error and exit code', async () => {
    const job = await runs(
      'import sys\nprint("before")\nprint("noise", file=sys.stderr)\nraise ValueError("no such luck")',
    );
    assert.equal(job.code, 1);
    assert.match(
      job.failure,
      /^ExecuteUserScriptError:\nExitCode 1\nErrorMessage "ValueError: no such luck"\nCommand ".*go"$/,
    );
    assert.match(job.log, /before/);
    assert.match(job.log, /Traceback/);
  });

  it('that ends with its own code fails the job with the end of what it said', async () => {
    const job = await runs('import sys\nprint("out of paper", file=sys.stderr)\nsys.exit(7)');
    assert.equal(job.code, 1);
    assert.match(job.failure, /ExitCode 7\nErrorMessage "out of paper"/);
  });

  it('that writes no model ends well, with a warning in the log', async () => {
    const job = await runs('print("done")');
    assert.equal(job.code, 0);
    assert.match(job.log, /WARNING: training wrote nothing into the model folder/);
  });

  it('uses what the image has without installing anything', async () => {
    const job = await runs(
      'import numpy, duckdb',
      {},
      { 'requirements.txt': '# here already\nnumpy\nduckdb==1.5.6\n' },
    );
    assert.equal(job.code, 0, job.log);
    assert.doesNotMatch(job.log, /Installing dependencies/);
  });

  it('whose requirements cannot be installed fails the job and says which', async () => {
    const job = await runs('print("never")', {}, { 'requirements.txt': './no-such-package-here\n' });
    assert.equal(job.code, 1);
    assert.match(job.failure, /^InstallRequirementsError:\nExitCode 1\nErrorMessage "ERROR: .*no-such-package-here/);
    assert.doesNotMatch(job.log, /never/);
  });

  it('gets packages of its own that its requirements name', async () => {
    const pack = await codeFolder(folder, {
      'pyproject.toml':
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "tiny-own"\nversion = "1.0"\n',
      'backend.py': WHEEL_BACKEND,
    });
    const job = await runs('import tiny_own\nprint("says", tiny_own.WORD)', {}, { 'requirements.txt': `${pack}\n` });
    assert.equal(job.code, 0, job.log);
    assert.match(job.log, /says hello/);
  });

  it('is stopped by SIGTERM together with the container', async () => {
    const code = await codeFolder(folder, {
      'go.py': 'import signal, sys\nprint("waiting", flush=True)\nsignal.pause()',
    });
    const job = await startTraining(folder, {}, script(code, {}, 'go.py'));
    await until(async () => job.log().includes('waiting'), MOST_MS, job.log);
    job.child.kill('SIGTERM');
    assert.equal(await job.ended, 1);
    assert.match(job.log(), /ExitCode -15/);
  });
});

/** Builds its wheel without any tool, so that the test needs no package index. */
const WHEEL_BACKEND = `import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "tiny_own-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr("tiny_own.py", "WORD = 'hello'")
        wheel.writestr("tiny_own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny-own\\nVersion: 1.0\\n")
        wheel.writestr("tiny_own-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny_own-1.0.dist-info/RECORD", "")
    return name
`;
