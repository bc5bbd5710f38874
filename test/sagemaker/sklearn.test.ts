import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { BUCKET, type Cloud, ROLE, startCloud } from './cloud.ts';
import { pack } from './helpers.ts';
import { channel, endpointConfig, endpointSettles, trainingEnds, trainingJob } from './requests.ts';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
const SCRIPT = `
import argparse, csv, joblib, os
from sklearn.linear_model import LinearRegression

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, 'model.joblib'))

if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--slope', type=float)
    parser.add_argument('--model-dir', default=os.environ['SM_MODEL_DIR'])
    parser.add_argument('--train', default=os.environ['SM_CHANNEL_TRAIN'])
    args = parser.parse_args()
    rows = [[float(cell) for cell in row] for row in csv.reader(open(os.path.join(args.train, 'rows.csv')))]
    model = LinearRegression().fit([[x, y] for x, y in rows], [args.slope * x + y for x, y in rows])
    joblib.dump(model, os.path.join(args.model_dir, 'model.joblib'))
    print('module', os.environ['SM_FRAMEWORK_MODULE'])
`;

describe('the scikit-learn image on the SageMaker server', function () {
  this.timeout(150_000);
  let cloud: Cloud;
  let source: string;
  before(async () => {
    cloud = await startCloud();
    await cloud.put('rows/rows.csv', '0,1\n1,0\n2,5\n3,2\n');
    source = await cloud.put(
      'code/sourcedir.tar.gz',
      await pack({ 'train.py': SCRIPT, 'requirements.txt': 'joblib\n' }),
    );
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const train = async (name: string, hyperparameters: Record<string, string>, image = IMAGE) => {
    await cloud.sagemaker.send(
      new CreateTrainingJobCommand(
        trainingJob(name, hyperparameters, {
          AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' },
          InputDataConfig: [channel('train', `s3://${BUCKET}/rows/`)],
        }),
      ),
    );
    return trainingEnds(cloud, name, 100);
  };
  const script = (from: string, more: Record<string, string> = {}) => ({
    sagemaker_program: '"train.py"',
    sagemaker_submit_directory: JSON.stringify(from),
    ...more,
  });
  const invoke = async (body: string | Uint8Array, type: string, accept: string) => {
    const answer = await cloud.runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'line', Body: body, ContentType: type, Accept: accept }),
    );
    return { type: answer.ContentType, body: Buffer.from(answer.Body) };
  };

  it("trains a customer's script, with arguments and SM_ variables", async () => {
    const job = await train('line', script(source, { slope: '2', _tuning_objective_metric: '"loss"' }));
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    const lines = await cloud.lines('/aws/sagemaker/TrainingJobs', 'line/');
    assert.ok(lines.includes('module sagemaker_sklearn_container.training:main'));
  });

  it('serves model_fn with the functions that the script leaves out: JSON, CSV and NPY', async () => {
    const environment = { SAGEMAKER_PROGRAM: 'train.py', SAGEMAKER_SUBMIT_DIRECTORY: source };
    await cloud.sagemaker.send(
      new CreateModelCommand({
        ModelName: 'line',
        ExecutionRoleArn: ROLE,
        PrimaryContainer: {
          Image: IMAGE,
          ModelDataUrl: `s3://${BUCKET}/out/line/output/model.tar.gz`,
          Environment: environment,
        },
      }),
    );
    await cloud.sagemaker.send(
      new CreateEndpointConfigCommand(endpointConfig('line', { all: { model: 'line', weight: 1 } })),
    );
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'line', EndpointConfigName: 'line' }));
    const endpoint = await endpointSettles(cloud, 'line', 100);
    assert.equal(endpoint.EndpointStatus, 'InService', endpoint.FailureReason);

    const json = await invoke('[[1, 1], [10, 2]]', 'application/json', 'application/json');
    assert.equal(json.type, 'application/json');
    assert.deepEqual((JSON.parse(json.body.toString()) as number[]).map(Math.round), [3, 22]);
    const csv = await invoke('1,1\n10,2\n', 'text/csv', 'text/csv');
    assert.deepEqual(csv.body.toString().trim().split('\n').map(Number).map(Math.round), [3, 22]);
    const npy = await invoke('[[1, 1]]', 'application/json', 'application/x-npy');
    assert.equal(npy.body.subarray(1, 6).toString(), 'NUMPY');
    const again = await invoke(npyOf([1, 1, 10, 2], [2, 2]), 'application/x-npy', 'application/json');
    assert.deepEqual((JSON.parse(again.body.toString()) as number[]).map(Math.round), [3, 22]);
  });

  it('refuses other types with 415 and what is no array with 400', async () => {
    const refused = (status: number) => ({ name: 'ModelError', OriginalStatusCode: status });
    await assert.rejects(invoke('<a/>', 'application/xml', 'application/json'), refused(415));
    await assert.rejects(invoke('[[1, 1]]', 'application/json', 'image/png'), refused(415));
    await assert.rejects(invoke('{"rows": []}', 'application/json', 'application/json'), refused(400));
    await assert.rejects(invoke('a,b', 'text/csv', 'application/json'), refused(400));
  });

  it("fails in the container's words without a script, and with a requirement that is nowhere", async () => {
    assert.match((await train('scriptless', {})).FailureReason ?? '', /^AlgorithmError: no program to run/);
    const files = { 'train.py': SCRIPT, 'requirements.txt': './nowhere-1.0.whl\n' };
    const from = await cloud.put('code/broken.tar.gz', await pack(files));
    const job = await train('requires', script(from));
    assert.match(job.FailureReason ?? '', /^AlgorithmError: InstallRequirementsError:\nExitCode 1\nErrorMessage/);
  });
});

/** Doubles in the NPY format, version 1. */
function npyOf(values: number[], shape: number[]): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`.padEnd(117);
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  return Buffer.concat([head, Buffer.from(`${text}\n`), Buffer.from(new Float64Array(values).buffer)]);
}
