/** What a refusal must be: typed and for good, told with a place and a mend, short, and nothing of our own insides in it. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { ApplicationFailure } from '@temporalio/common';

const PLACES: Readonly<Record<string, RegExp>> = {
  SourceUnusable: /^collect\.sources\.\w+ \(/,
  ExpectationsBroken: /\{ ?(column|table|rows): |collect\.expect/,
  FeaturesBroken: /^(features\.sql|before\.sql|prepare\.\w+)/,
  DataUnusable: /^(collect|prepare|features\.sql|the label ")/,
  PlanRefused: /^(collect|prepare|evaluate)\./,
};
const MEND =
  /[;:,.\n] (?:or,? |if [^;]*, |then )?(?:write|leave|give|put|rename|correct|change|widen|make|mend|add|take|use|name|select|group|split|cut|move|let|keep|quote|set|copy|it must|[\w ]+ (?:is|are) needed)\b/i;
const INSIDES =
  /sample_size|ignore_errors|union_by_name|maximum_object_size|max_line_size|strict_mode|null_padding|auto_detect|DESCRIBE|CREATE TEMP|read_(csv|json|parquet)\(|parsed text|raw features|clean features|probe\.|\[object|undefined|at .*\.ts:\d/;

/** Gives the type. Throws whatever is no such refusal. */
export function accountable(error: unknown): string {
  if (!(error instanceof ApplicationFailure) || !error.nonRetryable) throw error;
  const { type, message } = error;
  const place = PLACES[type ?? ''];
  assert.ok(place, `${type} is no refusal of data: ${message}`);
  assert.ok(message.length < 2000, `a message of ${message.length} characters: ${message.slice(0, 3000)}`);
  assert.ok(place.test(message), `no place: ${message}`);
  assert.ok(MEND.test(message), `no mend: ${message}`);
  assert.doesNotMatch(message, INSIDES);
  assert.ok(!message.includes(tmpdir()), `a path of the worker's own: ${message}`);
  assert.ok(JSON.stringify(error.details ?? []).length < 100_000, 'details too large to travel');
  return type ?? '';
}
