import assert from 'node:assert/strict';
import { type Clients, startClients } from './clients.ts';

describe('boto3 against the SageMaker server', () => {
  let clients: Clients;
  before(async () => {
    clients = await startClients();
  });
  after(() => clients?.stop());

  it('trains, waits, lists, and scores a file as the XGBoost library does', () => clients.tell('boto3_jobs.py'));
  it('registers versions, approves one, tags', () => clients.tell('boto3_registry.py'));
  it('serves two variants, moves traffic, meets its errors, cleans up', () => clients.tell('boto3_endpoint.py'));
  it('got answers that the service model allows, from every operation of the story', () => {
    const seen = clients.check();
    for (const operation of ['CreateTrainingJob', 'UpdateEndpointWeightsAndCapacities', 'DeleteModelPackageGroup'])
      assert.ok(seen.includes(operation), operation);
  });
}).timeout(600_000);
