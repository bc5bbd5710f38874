/** A model with all that it has on AWS while it serves: what it answers is what it was asked. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { create } from 'tar';
import { apiActivities } from '../../src/activities/api.ts';
import { deployActivities } from '../../src/activities/deploy.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { evaluateActivities } from '../../src/activities/evaluate.ts';
import { observabilityActivities } from '../../src/activities/observability.ts';
import type { Version } from '../../src/activities/types.ts';
import { jobName, keys } from '../../src/names.ts';
import { run, watch } from './activities.ts';
import { ridesPlan, ridesScope } from './rides.ts';

const ECHO =
  'def model_fn(folder):\n    return None\n\n\ndef transform_fn(model, body, kind, accept):\n    return body\n';

/** Version 1, of cycle 1. */
export async function settle(deps: Deps, model: string): Promise<void> {
  const scope = ridesScope(ridesPlan(model));
  const { frozen } = scope;
  const artifact = await putEcho(deps, model);
  const modelName = jobName(model, 1, 'model');
  await run(evaluateActivities(deps).createModel, { ...scope, name: modelName, artifact, algorithm: 'xgboost' });
  const shape = { endpoint: model, config: `${model}-1-full`, weights: { v1: 100 } };
  const deploy = deployActivities(deps);
  await run(deploy.submitEndpoint, { frozen, shape, versions: [{ version: 1, modelName } as Version] });
  await watch(deploy.watchEndpoint, { shape });
  await run(apiActivities(deps).ensureApi, { frozen, endpoint: model });
  await run(observabilityActivities(deps).ensureObservability, { frozen, endpoint: model });
  await deps.aws.autoScaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: 'sagemaker',
      ResourceId: `endpoint/${model}/variant/v1`,
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      MinCapacity: 1,
      MaxCapacity: 2,
    }),
  );
}

/** The uri of an artifact that echoes. */
export async function putEcho({ store }: Deps, model: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-echo-'));
  try {
    await mkdir(join(folder, 'code'));
    await writeFile(join(folder, 'code', 'inference.py'), ECHO);
    await create({ file: join(folder, 'model.tar.gz'), cwd: folder, gzip: true }, ['code']);
    return (await store.putFile(keys.cycle(model, 1, 'model.tar.gz'), join(folder, 'model.tar.gz'))).uri;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
