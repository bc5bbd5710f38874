import assert from 'node:assert/strict';
import { type Clients, startClients } from './clients.ts';

describe("SageMaker's Python SDK against the SageMaker server @long", () => {
  let clients: Clients;
  before(async () => {
    clients = await startClients();
  });
  after(() => clients?.stop());

  it('fits, attaches, deploys, transforms, and hears why a job failed', () => clients.tell('sdk_estimator.py'));
  it('tunes, finds its best trial, and is refused a warm start', () => clients.tell('sdk_tuner.py'));
  it('trains a script on spot capacity, serves it three ways, registers it, processes', () =>
    clients.tell('sdk_script.py'));
  it('got answers that the service model allows, from every operation of the story', () => {
    const seen = clients.check();
    for (const operation of ['CreateTrainingJob', 'CreateEndpoint', 'CreateTransformJob'])
      assert.ok(seen.includes(operation), operation);
  });
  it('got such answers from every operation of the longer stories, too', () => {
    const seen = clients.check();
    for (const operation of ['CreateHyperParameterTuningJob', 'CreateProcessingJob', 'CreateModelPackage'])
      assert.ok(seen.includes(operation), operation);
  });
}).timeout(600_000);
