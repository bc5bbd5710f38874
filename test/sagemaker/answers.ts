/** Every answer that a test got, held against the service's own model by botocore. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { Cloud } from './cloud.ts';

export async function checkAnswers(cloud: Cloud): Promise<void> {
  const root = new URL('../../', import.meta.url).pathname;
  const report = execFileSync(`${root}.venv/bin/python`, [`${root}test/sagemaker/check_answers.py`, cloud.answers], {
    encoding: 'utf8',
  });
  const { checked, problems } = JSON.parse(report) as { checked: number; problems: string[] };
  assert.deepEqual(problems, []);
  assert.ok(checked > 0, 'no answer was checked');
}
