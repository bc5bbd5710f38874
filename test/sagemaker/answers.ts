/** Every answer that a test got, held against the service's own model by botocore, which names the service. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

export async function checkAnswers({ answers }: { answers: string }, service = 'sagemaker'): Promise<void> {
  const root = new URL('../../', import.meta.url).pathname;
  const args = [`${root}test/sagemaker/check_answers.py`, answers, service];
  const report = execFileSync(`${root}.venv/bin/python`, args, { encoding: 'utf8' });
  const { checked, problems } = JSON.parse(report) as { checked: number; problems: string[] };
  assert.deepEqual(problems, []);
  assert.ok(checked > 0, 'no answer was checked');
}
