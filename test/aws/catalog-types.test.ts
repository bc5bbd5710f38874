import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { hiveType } from '../../src/aws/hive-types.ts';

const TYPES: [string, string][] = [
  ['TRUE', 'boolean'],
  ['1::TINYINT', 'tinyint'],
  ['1::USMALLINT', 'int'],
  ['1::UBIGINT', 'decimal(20,0)'],
  ['1::HUGEINT', 'double'],
  ['1::FLOAT', 'float'],
  ['1.5::DECIMAL(9, 2)', 'decimal(9,2)'],
  ["'a'", 'string'],
  ["'a'::ENUM('a', 'b')", 'string'],
  ["'a'::BLOB", 'binary'],
  ["DATE '2001-01-01'", 'date'],
  ["TIMESTAMP '2001-01-01 00:00:00'", 'timestamp'],
  ["TIMESTAMPTZ '2001-01-01 00:00:00+00'", 'timestamp'],
  ['[1, 2]', 'array<int>'],
  ['[[1.5::DOUBLE]]', 'array<array<double>>'],
  [
    "{'a': 1, 'b c': [TRUE], 'd': {'E': 1.5::DECIMAL(4,1)}}",
    'struct<a:int,b_c:array<boolean>,d:struct<e:decimal(4,1)>>',
  ],
  ["MAP {'k': {'x': 1}}", 'map<string,struct<x:int>>'],
];

describe("Hive's type of what DuckDB has", () => {
  for (const [expression, expected] of TYPES)
    it(`for ${expression} is ${expected}`, async () => {
      const connection = await (await DuckDBInstance.create()).connect();
      try {
        const rows = await connection.runAndReadAll(`SELECT column_type FROM (DESCRIBE SELECT ${expression} AS v)`);
        assert.equal(hiveType(String(rows.getRows()[0]?.[0])), expected);
      } finally {
        connection.closeSync();
      }
    });

  it('is a string for what nobody has heard of', () => {
    assert.equal(hiveType('GEOMETRY'), 'string');
    assert.equal(hiveType(''), 'string');
  });
});
