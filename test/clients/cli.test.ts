import { type Clients, startClients } from './clients.ts';

describe('the AWS CLI against the SageMaker server @long', () => {
  let clients: Clients;
  before(async () => {
    clients = await startClients();
  });
  after(() => clients?.stop());

  it('trains, scores a file, registers a version', () => clients.tell('cli_train.sh'));
  it('serves, changes what serves, shows refusals, cleans up', () => clients.tell('cli_serve.sh'));
  it('got answers that the service model allows', () => {
    clients.check();
  });
}).timeout(600_000);
