/** The page of members, as the laptop's own servers tell it. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

export const membersPage = (): string =>
  execFileSync(`${ROOT}.venv/bin/python`, ['-m', 'sagemaker_server.members'], {
    env: { ...process.env, PYTHONPATH: `${ROOT}local` },
    encoding: 'utf8',
  });
