/** `perennial worker`: does the work until it is told to stop. */
import { command } from '../command.ts';

export const worker = command({
  description: 'Run a worker until Ctrl-C or SIGTERM; its log is JSON lines on standard output',
  examples: {
    worker: 'until Ctrl-C',
  },
  args: {},
  async run() {
    const { runWorker } = await import('../../worker.ts');
    await runWorker();
    return { json: { ended: true }, text: '' };
  },
});
