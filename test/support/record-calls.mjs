/** Preloaded into a process of ours (`node --import`): notes every call of the AWS SDK, a JSON line each. */
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Client } = createRequire(import.meta.url)('@smithy/core/client');
const file = process.env.PERENNIAL_TEST_CALLS;
const { send } = Client.prototype;

/** Names and tags are wanted, not what is sent. */
const short = (_, value) =>
  value instanceof Uint8Array || typeof value?.pipe === 'function' || (typeof value === 'string' && value.length > 2000)
    ? undefined
    : value;

Client.prototype.send = function noted(command, ...rest) {
  const operation = command.constructor.name.replace(/Command$/, '');
  const service = this.config.serviceId;
  appendFileSync(file, `${JSON.stringify({ service, operation, input: command.input }, short)}\n`);
  return send.call(this, command, ...rest);
};
