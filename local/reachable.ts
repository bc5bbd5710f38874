/** Whether somebody listens at an address that a person has set. */
import { connect } from 'node:net';

/** Throws in words when nobody listens at `host:port`. */
export function reachable(address: string): Promise<void> {
  const colon = address.lastIndexOf(':');
  const target = { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  return new Promise((resolve, reject) => {
    const refuse = (why: string) =>
      reject(
        new Error(
          `TEMPORAL_ADDRESS is ${address}, and it cannot be reached (${why}); start it, or unset TEMPORAL_ADDRESS`,
        ),
      );
    if (colon < 1 || !(target.port > 0)) return refuse('it is not host:port');
    const socket = connect({ ...target, timeout: 5_000 });
    socket.once('connect', () => resolve(void socket.destroy()));
    socket.once('timeout', () => refuse(`no answer within 5 s`));
    socket.once('error', (error) => refuse(error.message));
  });
}
