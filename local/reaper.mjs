/**
 * Ends what the supervisor started when the supervisor itself is gone, however it went: the pipe on standard input closes.
 * Lines: `+<pid>` a process group to look after, `-<pid>` one that is over. Plain JavaScript: it starts without tsx.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 10_000;
const groups = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(pid);
  else groups.delete(pid);
}

const deadline = Date.now() + GRACE_MS;
for (const pid of groups) signal(pid, 'SIGTERM');
while (alive().length > 0 && Date.now() < deadline) await sleep(50);
for (const pid of alive()) signal(pid, 'SIGKILL');

function alive() {
  return [...groups].filter((pid) => signal(pid, 0));
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
    return true;
  } catch {
    return false;
  }
}
