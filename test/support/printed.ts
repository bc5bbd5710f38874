/** What `--json` printed, held against docs/cli.schema.json: all of its shape, and nothing beside it. */
import assert from 'node:assert/strict';
import { type Printed, printed } from '../../scripts/cli-schema.ts';
import type { Ran } from './cli.ts';

export function readPrinted<T = unknown>(command: Printed, { stdout, stderr }: Ran): T {
  const value: unknown = JSON.parse(stdout);
  const read = printed(command).safeParse(value);
  assert.ok(read.success, `${command}: ${read.error?.message} ${stderr} ${stdout.slice(0, 1_000)}`);
  assert.deepEqual(read.data, value, `${command} prints what no schema tells`);
  return read.data as T;
}
