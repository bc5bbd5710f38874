/** Runs Python that knows the servers of the laptop, and gives what it printed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ROOT = new URL('../../', import.meta.url).pathname;

export async function python(...args: string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: `${ROOT}local` };
  const options = { env, cwd: ROOT, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(`${ROOT}.venv/bin/python`, args, options);
  return stdout.trim();
}
