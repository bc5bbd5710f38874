import assert from 'node:assert/strict';
import { readOutcomes } from '../../src/cli/outcomes.ts';

const read = (text: string) => readOutcomes({ text, place: 'it' });
const TWO = [
  { id: 'a/0', outcome: true },
  { id: 'a/1', outcome: 2.5 },
];

describe('outcomes as people have them', () => {
  it('are one, a list, a whole request, or a line each', () => {
    assert.deepEqual(read(JSON.stringify(TWO[0])), TWO.slice(0, 1));
    assert.deepEqual(read(JSON.stringify(TWO)), TWO);
    assert.deepEqual(read(JSON.stringify({ outcomes: TWO }, null, 2)), TWO);
    assert.deepEqual(read(`${TWO.map((one) => JSON.stringify(one)).join('\n\n')}\n`), TWO);
  });

  it('are CSV with id and outcome among its columns; text stays as it is written', () => {
    assert.deepEqual(read('\ufeffid,outcome\r\na/0,007\r\n\r\n"a/1","rain, ""heavy"""\r\n'), [
      { id: 'a/0', outcome: '007' },
      { id: 'a/1', outcome: 'rain, "heavy"' },
    ]);
    assert.deepEqual(read(',Outcome,note,ID\n0,1,,a/0\n'), [{ id: 'a/0', outcome: '1' }]);
  });

  for (const [text, says] of [
    ['{"id":"a/0","outcome":1}\n{"id":', /^it line 2 is not JSON$/],
    ['[{"id":"a/0","outcome":1},{"id":"a/1"}]', /^it\[1\] has no outcome$/],
    ['{"id":"a/0","outcome":{}}', /^it has no outcome$/],
    ['[{"outcome":1}]', /^it\[0\] has no id$/],
    ['[]', /^it holds no outcome$/],
    ['id,outcome\na/0,1\na/1', /^it line 3 has 1 columns, the first line 2$/],
    ['id,outcome\na/0,\n', /^it line 2 has no outcome$/],
  ] as const)
    it(`are refused by their place: ${JSON.stringify(text)}`, () => {
      assert.throws(() => read(text), { message: says, hint: /^give \{"id"/ });
    });
});
