import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Duck, withDuckDB } from '../../src/data/duckdb.ts';
import { double, identifier, list, text, timestamp } from '../../src/data/sql.ts';

describe('SQL literals', () => {
  const ask = <T>(work: (duck: Duck) => Promise<T>): Promise<T> => withDuckDB(work);

  it('carry every double to the last bit', () =>
    ask(async (duck) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 200 }), async (values) => {
          const cells = values.flatMap((value, at) => [
            `${double(value)} AS v${at}`,
            `typeof(${double(value)}) AS t${at}`,
          ]);
          const row = await duck.one<Record<string, unknown>>(`SELECT ${list(cells)}`);
          values.forEach((value, at) => {
            assert.ok(Object.is(row[`v${at}`], value), `${value} came back as ${row[`v${at}`]}`);
            assert.equal(row[`t${at}`], 'DOUBLE');
          });
        }),
        { numRuns: 40 },
      );
      const nan = await duck.one<{ v: number }>(`SELECT ${double(Number.NaN)} AS v`);
      assert.ok(Number.isNaN(nan.v));
    }));

  it('carry every text, whatever is in it', () =>
    ask((duck) =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.string({ unit: fc.constantFrom("'", '"', '\0', '\\', ';', '-', '$', '%', '😀', '\n') }),
          ),
          async (value) => {
            const row = await duck.one<{ v: string; same: boolean; bytes: number }>(
              `SELECT ${text(value)} AS v, ${text(value)} = ${text(value)} AS same, octet_length(encode(${text(value)}))::INTEGER AS bytes`,
            );
            assert.deepEqual(row, { v: value, same: true, bytes: Buffer.byteLength(value) });
          },
        ),
        { numRuns: 500 },
      ),
    ));

  it('refuse what no UTF-8 text can be', () => {
    assert.throws(() => text('\ud800'), /surrogate/);
    assert.throws(() => identifier(''), /no name/);
    assert.throws(() => identifier('a\0b'), /no name/);
  });

  it('name every column so that it is found again', () =>
    ask((duck) =>
      fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !name.includes('\0')),
          async (name) => {
            const [column] = await duck.columns(`SELECT ${identifier(name)} FROM (SELECT 1 AS ${identifier(name)})`);
            assert.equal(column?.name, name);
          },
        ),
        { numRuns: 300 },
      ),
    ));

  it('carry every instant to the millisecond', () =>
    ask((duck) =>
      fc.assert(
        fc.asyncProperty(
          fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
          async (instant) => {
            const { ms } = await duck.one<{ ms: number }>(
              `SELECT epoch_ms(${timestamp(instant.toISOString())})::DOUBLE AS ms`,
            );
            assert.equal(ms, instant.getTime());
          },
        ),
      ),
    ));
});
