/** The process that `perennial up` leaves running: it holds the laptop cloud until it is asked to stop. Takes `--no-worker`. */
import { ANY_PORTS, startCloud, USUAL_PORTS } from './cloud.ts';
import { homePath } from './home.ts';

export type FromSupervisor = { readonly ready: true } | { readonly failed: string } | { readonly said: string };

const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort(new Error(signal)));

try {
  const cloud = await startCloud({
    home: homePath(),
    // Tests and CI must not look for the usual ones.
    ports: process.env.PERENNIAL_PORTS === 'any' ? ANY_PORTS : USUAL_PORTS,
    api: true,
    worker: !process.argv.includes('--no-worker'),
    signal: asked.signal,
    say,
  });
  tell({ ready: true });
  // Attached: another supervisor holds it, and this one is not needed.
  if (!cloud.attached) {
    log(`healthy: ${JSON.stringify(cloud.pids())}`);
    await cloud.stopped;
    say('stopped');
  }
} catch (error) {
  const message = asked.signal.aborted ? `stopped by ${asked.signal.reason.message}` : (error as Error).message;
  log(message);
  tell({ failed: message });
  process.exitCode = asked.signal.aborted ? 0 : 1;
} finally {
  if (process.connected) process.disconnect();
}

function say(line: string): void {
  log(line);
  tell({ said: line });
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

/** To `perennial up`, for as long as it waits. */
function tell(message: FromSupervisor): void {
  if (process.connected) process.send?.(message, () => {});
}
