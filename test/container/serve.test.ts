import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import {
  codeFolder,
  fixtureChannels,
  OUR_PROGRAM,
  ourScript,
  remove,
  type Server,
  startServer,
  train,
  until,
  workFolder,
} from './support.ts';

const ROW = { visited: '2001-01-01T05:00:00Z', amount: 3.5, items: 2, shop: 'a', member: true, day: '2001-01-01' };
const MOST_MS = 30_000;
const of = (...instances: unknown[]): string => JSON.stringify({ instances });

describe('inference.py in the XGBoost container', () => {
  let folder: string;
  let data: string;
  let model: string;
  let server: Server;

  before(async () => {
    ({ folder, data } = await workFolder());
    const job = await train(folder, fixtureChannels(data), ourScript({ algorithm: 'xgboost', num_round: 20 }));
    assert.equal(job.code, 0, job.log);
    model = job.model;
    server = await startServer(folder, model);
  });
  after(async () => {
    await server?.stop();
    await remove(folder);
  });

  const predict = async (...instances: unknown[]): Promise<{ probability: number; label: boolean }[]> => {
    const answer = await server.invoke(of(...instances));
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text).predictions;
  };

  it('answers JSON with a prediction an instance', async () => {
    const answer = await server.invoke(of(ROW, { ...ROW, visited: '2001-01-01T20:00:00Z', amount: 80 }));
    assert.equal(answer.type, 'application/json');
    const { predictions } = JSON.parse(answer.text);
    assert.deepEqual(
      predictions.map(({ label }: { label: boolean }) => label),
      [false, true],
    );
    assert.ok(predictions[0].probability < 0.5 && predictions[1].probability >= 0.5);
  });

  it('tells the features that it read when it is asked to, and answers as ever otherwise', async () => {
    const rows = [ROW, { ...ROW, amount: null }];
    const ask = async (accept: string) =>
      JSON.parse((await server.invoke(of(...rows), 'application/json', accept)).text);
    const { features, ...plain } = await ask('application/json; perennial=features');
    assert.deepEqual(await ask('*/*'), plain);
    assert.deepEqual(await ask('application/json; charset=utf-8'), plain);
    const { features: names } = JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));
    assert.deepEqual(features.map(Object.keys), [names, names]);
    assert.equal(features[0].amount, 3.5);
    assert.notEqual(features[1].amount, 3.5);
  });

  it('answers JSON Lines with a line a line, in order, as it answers them alone', async () => {
    const lines = (await readFile(join(data, 'rows.jsonl'), 'utf8')).trim().split('\n');
    const answer = await server.invoke(`${lines.join('\n')}\n`, 'application/jsonlines', 'application/jsonlines');
    assert.equal(answer.type, 'application/jsonlines');
    const predictions = answer.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(predictions.length, lines.length);
    for (const at of [0, 1, 17, 500, 999])
      assert.deepEqual(predictions[at], (await predict(JSON.parse(lines[at] ?? '')))[0]);
  });

  const same: [string, object, object][] = [
    ['an offset and its UTC', { visited: '2001-01-01T23:30:00+02:30' }, { visited: '2001-01-01T21:00:00Z' }],
    ['an instant without offset and UTC', { visited: '2001-01-01T05:00:00' }, { visited: '2001-01-01T05:00:00Z' }],
    ['a blank and a T', { visited: '2001-01-01 05:00:00' }, { visited: '2001-01-01T05:00:00Z' }],
    ['a fraction of a second', { visited: '2001-01-01T05:00:00.250Z' }, { visited: '2001-01-01T05:00:00Z' }],
    ['no seconds', { visited: '2001-01-01T05:00Z' }, { visited: '2001-01-01T05:00:00Z' }],
    ['an optional field left out and null', { member: undefined }, { member: null }],
    ['a whole number with a point', { items: 2.0 }, { items: 2 }],
  ];
  for (const [what, one, other] of same)
    it(`takes ${what} for the same`, async () => {
      const [a, b] = await predict({ ...ROW, ...one }, { ...ROW, ...other });
      assert.deepEqual(a, b);
    });

  it('takes null for every field, strange strings, and a name with a quote', async () => {
    const nothing = Object.fromEntries(Object.keys(ROW).map((name) => [name, null]));
    const strange = ["b's", '', '\u0000', '😀', "'; DROP TABLE shops; --", '\\', '\u2028', 'x'.repeat(100_000)];
    const answers = await predict(nothing, ...strange.map((shop) => ({ ...ROW, shop })));
    assert.equal(answers.length, strange.length + 1);
    assert.deepEqual(await predict(ROW), await predict(ROW), 'the tables are still there');
  });

  const refused: [string, string, number, RegExp][] = [
    [
      'text for a number',
      of(ROW, { ...ROW, amount: 'abc' }),
      400,
      /^instances\[1\]\.amount: expected a number, found "abc"; send a number or null$/,
    ],
    ['true for a number', of({ ...ROW, amount: true }), 400, /^instances\[0\]\.amount: expected a number, found true/],
    [
      'a fraction for a whole number',
      of({ ...ROW, items: 1.5 }),
      400,
      /^instances\[0\]\.items: expected a whole number, found 1\.5/,
    ],
    [
      'a whole number out of range',
      of({ ...ROW, items: 1 }).replace('"items":1', '"items":9223372036854775808'),
      400,
      /items: expected a whole number from -9223372036854775808/,
    ],
    [
      'a number for text',
      of({ ...ROW, shop: 7 }),
      400,
      /^instances\[0\]\.shop: expected a string, found 7; send a string or null$/,
    ],
    ['a number for a boolean', of({ ...ROW, member: 1 }), 400, /member: expected true or false, found 1/],
    [
      'words for an instant',
      of({ ...ROW, visited: 'yesterday' }),
      400,
      /visited: expected an ISO 8601 timestamp such as .+, found "yesterday"/,
    ],
    [
      'a day that is none',
      of({ ...ROW, visited: '2001-02-30T00:00:00Z' }),
      400,
      /visited: expected an ISO 8601 timestamp/,
    ],
    ['an instant for a day', of({ ...ROW, day: '2001-01-01T00:00:00Z' }), 400, /day: expected a date/],
    ['an array for a number', of({ ...ROW, amount: [1] }), 400, /amount: expected a number, found an array/],
    ['NaN', `{"instances":[{"amount":NaN}]}`, 400, /NaN is no JSON number/],
    ['Infinity', `{"instances":[{"amount":-Infinity}]}`, 400, /-Infinity is no JSON number/],
    [
      'a number that no double holds',
      `{"instances":[{"amount":1e999}]}`,
      400,
      /amount: expected a number that a double can hold/,
    ],
    [
      'half a surrogate pair',
      '{"instances":[{"shop":"\\ud83d"}]}',
      400,
      /shop: expected a string of Unicode characters/,
    ],
    [
      'a missing required field',
      of({ ...ROW, shop: undefined }),
      400,
      /^instances\[0\]\.shop: is missing; send null if unknown$/,
    ],
    [
      'an unknown field',
      of({ ...ROW, shap: 'a' }),
      400,
      /^instances\[0\]\.shap: is not an input of this model; it takes visited, amount,/,
    ],
    ['the label', of({ ...ROW, bought: true }), 400, /bought: is not an input/],
    ['an instance that is no object', of(ROW, 5), 400, /^instances\[1\]: expected an object, found 5$/],
    ['a null instance', of(null), 400, /^instances\[0\]: expected an object, found null$/],
    ['no instances', of(), 400, /^instances: is empty/],
    ['instances that are no array', '{"instances":{}}', 400, /^instances: expected an array/],
    ['another body', '{"rows":[]}', 400, /^the request has no instances/],
    ['an array for the body', '[]', 400, /^the request has no instances/],
    ['more beside the instances', '{"instances":[{}],"mode":"x"}', 400, /^mode: is not a part of a request/],
    ['broken JSON', '{"instances": [', 400, /^the request is not JSON: .+ at line 1 column \d+$/],
    ['nothing', '', 400, /^the request is not JSON/],
    ['JSON nested too deep', '['.repeat(200_000), 400, /^the request is not usable JSON: it is nested too deep/],
    ['an endless number', `{"instances":[{"items":${'9'.repeat(5000)}}]}`, 400, /^the request is not usable JSON: /],
    ['1,001 instances', of(...Array(1001).fill(ROW)), 413, /^instances: found 1001, at most 1000 go into one request/],
    ['7 MB', of({ ...ROW, shop: 'x'.repeat(7_000_000) }), 413, /^the request has more than 6291456 bytes/],
  ];
  for (const [what, body, status, words] of refused)
    it(`refuses ${what} with ${status} and says where`, async () => {
      const answer = await server.invoke(body);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.type, 'application/json');
      assert.match(JSON.parse(answer.text).error.message, words);
    });

  /** A server of the same model whose transform is another. */
  async function startAltered(change: (spec: { statement: string }) => object) {
    const copy = await codeFolder(folder, {});
    await cp(model, copy, { recursive: true });
    const file = join(copy, 'transform/transform.json');
    await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
    return startServer(folder, copy);
  }

  it('does not look at what the plan lets a request carry, and refuses any other field still', async () => {
    const lenient = await startAltered((spec) => ({ ...spec, ignored: ['carrier', 'gate'] }));
    const more = { ...ROW, carrier: { any: ['thing'] }, gate: 7 };
    const [plain, asked, unknown] = await Promise.all([
      lenient.invoke(of(ROW)),
      lenient.invoke(of(more)),
      lenient.invoke(of({ ...more, gat: 7 })),
    ]);
    assert.deepEqual([asked.status, JSON.parse(asked.text)], [200, JSON.parse(plain.text)]);
    const line = await lenient.invoke(`${JSON.stringify(more)}\n`, 'application/jsonlines');
    assert.equal(line.status, 200, line.text);
    assert.equal(unknown.status, 400);
    assert.match(JSON.parse(unknown.text).error.message, /^instances\[0\]\.gat: is not an input of this model/);
    await lenient.stop();
  });

  it('names the line of JSON Lines that is wrong', async () => {
    const broken = await server.invoke(`${JSON.stringify(ROW)}\n\n{"visited":`, 'application/jsonlines');
    assert.match(JSON.parse(broken.text).error.message, /^line 3 is not JSON/);
    const wrong = await server.invoke(
      `${JSON.stringify(ROW)}\n${JSON.stringify({ ...ROW, amount: '1' })}`,
      'application/jsonlines',
    );
    assert.match(JSON.parse(wrong.text).error.message, /^line 2\.amount: expected a number, found "1"/);
  });

  it('refuses other content types, other answers and bytes that are no text', async () => {
    assert.equal((await server.invoke('1,2', 'text/csv')).status, 415);
    assert.equal((await server.invoke(of(ROW), 'application/json', 'text/csv')).status, 406);
    const bytes = await server.invoke(new Uint8Array([0x7b, 0xff, 0x7d]));
    assert.equal(bytes.status, 400);
    assert.match(JSON.parse(bytes.text).error.message, /not UTF-8/);
    assert.equal((await server.invoke(of(ROW), 'application/json; charset=utf-8')).status, 200);
  });

  it('refuses, and only there, what the SQL of the features stumbles over', async () => {
    const picky = await startAltered((spec) => ({
      ...spec,
      statement: spec.statement.replace('CAST(items AS DOUBLE)', "CAST(CAST(shop || '0' AS INTEGER) AS DOUBLE)"),
    }));
    const [bad, good] = await Promise.all([
      picky.invoke(of({ ...ROW, shop: 'x' })),
      picky.invoke(of({ ...ROW, shop: '7' })),
    ]);
    assert.equal(bad.status, 400);
    assert.match(JSON.parse(bad.text).error.message, /features of these instances cannot be computed: .*'x0'/);
    assert.equal(good.status, 200, good.text);
    await picky.stop();
  });

  it('answers 1,000 instances, and the most that a body may hold of JSON Lines', async () => {
    assert.equal((await predict(...Array(1000).fill(ROW))).length, 1000);
    const line = `${JSON.stringify(ROW)}\n`;
    const count = Math.floor((6 * 1024 * 1024) / line.length);
    const answer = await server.invoke(line.repeat(count), 'application/jsonlines');
    assert.equal(answer.status, 200);
    assert.equal(answer.text.trim().split('\n').length, count);
  });

  it('gives concurrent requests what it gives them alone, good ones beside bad ones', async () => {
    const rows = (await readFile(join(data, 'rows.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .slice(0, 120)
      .map((line) => JSON.parse(line));
    const alone = await predict(...rows);
    const bodies = rows.map((row, at) => (at % 10 === 3 ? of({ ...row, amount: 'bad' }) : of(row)));
    const answers = await Promise.all(bodies.map((body) => server.invoke(body)));
    for (const [at, answer] of answers.entries()) {
      assert.equal(answer.status, at % 10 === 3 ? 400 : 200, answer.text);
      if (answer.status === 200) assert.deepEqual(JSON.parse(answer.text).predictions, [alone[at]]);
    }
  });

  it('tells what batch transform may send, and knows no other paths', async () => {
    const parameters = JSON.parse(await (await fetch(`${server.url}/execution-parameters`)).text());
    assert.equal(parameters.BatchStrategy, 'MULTI_RECORD');
    assert.equal(parameters.MaxPayloadInMB, 6);
    assert.ok(parameters.MaxConcurrentTransforms >= 1);
    assert.equal((await fetch(`${server.url}/models`)).status, 404);
    assert.equal((await fetch(`${server.url}/invocations`)).status, 405);
  });

  const unusable: [string, (at: string) => Promise<unknown>, RegExp][] = [
    ['a model file that is none', (at) => writeFile(join(at, 'xgboost-model'), 'nonsense'), /cannot be loaded/],
    ['no transform', (at) => rm(join(at, 'transform'), { recursive: true }), /cannot be loaded.+transform\.json/],
    ['no description', (at) => rm(join(at, 'model.json')), /model\.json is missing: this is not an artifact/],
    [
      'no code',
      (at) => rm(join(at, 'code'), { recursive: true }),
      /submit directory \/opt\/ml\/model\/code does not exist/,
    ],
    [
      'another transform',
      async (at) => {
        const file = join(at, 'transform/transform.json');
        const spec = JSON.parse(await readFile(file, 'utf8'));
        await writeFile(file, JSON.stringify({ ...spec, features: spec.features.slice(1) }));
      },
      /the model was trained on \[.+\], its transform makes/,
    ],
    [
      'features of another DuckDB',
      async (at) => {
        const file = join(at, 'transform/transform.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace(/"duckdb": "[^"]+"/, '"duckdb": "1.0.0"'));
      },
      /made by DuckDB 1\.0\.0, but DuckDB .+ is here/,
    ],
  ];
  for (const [what, spoil, words] of unusable)
    it(`ends with the reason in its log when the artifact has ${what}`, async () => {
      const copy = await codeFolder(folder, {});
      await cp(model, copy, { recursive: true });
      await spoil(copy);
      const broken = await startServer(folder, copy);
      assert.equal(await broken.ended, 1);
      assert.match(broken.log(), words);
    });
});

describe("a customer's serving script in the XGBoost container", () => {
  let folder: string;
  let empty: string;
  before(async () => {
    ({ folder } = await workFolder());
    empty = await codeFolder(folder, { weights: '3' });
  });
  after(() => remove(folder));

  const serves = async (text: string): Promise<Server> => {
    const code = await codeFolder(folder, { 'inference.py': text });
    return startServer(folder, empty, { ...OUR_PROGRAM, SAGEMAKER_SUBMIT_DIRECTORY: code });
  };

  it('may define model_fn, input_fn, predict_fn and output_fn', async () => {
    const server = await serves(`def model_fn(model_dir):
    return int(open(model_dir + "/weights").read())
def input_fn(body, content_type):
    return [float(x) for x in body.split(",")]
def predict_fn(data, model):
    return [model * x for x in data]
def output_fn(prediction, accept):
    return ",".join(map(str, prediction)), "text/csv"`);
    const answer = await server.invoke('1,2.5', 'text/csv');
    assert.deepEqual(answer, { status: 200, type: 'text/csv', text: '3.0,7.5' });
    assert.equal(await server.stop(), 0);
  });

  it('whose function fails answers 500 and goes on', async () => {
    const server = await serves(`def model_fn(model_dir):
    return None
def transform_fn(model, body, content_type, accept):
    return str(1 / int(body)), accept`);
    const broken = await server.invoke('0', 'text/plain', 'text/plain');
    assert.equal(broken.status, 500);
    assert.match(JSON.parse(broken.text).error.message, /ZeroDivisionError/);
    assert.match(server.log(), /Traceback/);
    assert.equal((await server.invoke('4', 'text/plain', 'text/plain')).text, '0.25');
    assert.equal(await server.stop(), 0);
  });

  it('that lacks a function, or defines both ways, is refused at start', async () => {
    for (const [text, words] of [
      ['def transform_fn(a, b, c, d): pass', /no model_fn/],
      ['def model_fn(d): pass', /neither transform_fn nor predict_fn/],
      ['def model_fn(d): pass\ndef predict_fn(a, b): pass\ndef transform_fn(a, b, c, d): pass', /use one way only/],
      ['import nothing_like_this', /No module named 'nothing_like_this'/],
    ] as const) {
      const server = await serves(text);
      assert.equal(await server.ended, 1);
      assert.match(server.log(), words);
    }
  });

  it('is asked to the end for what was under way at SIGTERM', async () => {
    const gate = join(folder, 'gate');
    const server = await serves(`import os, time
def model_fn(model_dir):
    return None
def transform_fn(model, body, content_type, accept):
    open(${JSON.stringify(gate)} + ".entered", "w").close()
    while not os.path.exists(${JSON.stringify(gate)}):
        time.sleep(0.01)
    return "finished", "text/plain"`);
    const answer = server.invoke('x', 'text/plain');
    await until(async () => existsSync(`${gate}.entered`), MOST_MS, server.log);
    const ended = server.stop();
    await until(
      () =>
        fetch(`${server.url}/ping`).then(
          () => false,
          () => true,
        ),
      MOST_MS,
      server.log,
    );
    await copyFile(join(empty, 'weights'), gate);
    assert.equal((await answer).text, 'finished');
    assert.equal(await ended, 0);
  });

  it('is not reached by a body without end', async () => {
    const server = await serves('def model_fn(d): pass\ndef transform_fn(a, b, c, d): return "reached"');
    const status = await new Promise<number | string>((done) => {
      const asked = request(`${server.url}/invocations`, { method: 'POST', headers: { 'content-type': 'text/plain' } });
      const piece = Buffer.alloc(1 << 20);
      let over = false;
      const end = (what: number | string) => {
        over = true;
        asked.destroy();
        done(what);
      };
      const more = () => over || asked.write(piece, () => setImmediate(more));
      asked.on('response', (response) => end(response.statusCode ?? 0));
      asked.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'));
      more();
    });
    assert.ok([413, 'ECONNRESET', 'EPIPE'].includes(status), String(status));
    assert.equal((await fetch(`${server.url}/ping`)).status, 200);
    await server.stop();
  });
});
