import assert from 'node:assert/strict';
import { capturesBack } from '../../src/operations/capture-hours.ts';
import { findCaptured } from '../../src/operations/captured.ts';
import { type Chronicle, chronicle, MODEL } from './chronicle.ts';

const CAPTURE = `models/${MODEL}/capture/${MODEL}`;

/** One request of two rows, as SageMaker captures it. */
const line = (id: string, at: string) =>
  JSON.stringify({
    captureData: {
      endpointInput: { data: '{"instances":[{"x":1},{"x":2}]}', encoding: 'JSON' },
      endpointOutput: {
        data: '{"predictions":[{"probability":0.1,"label":false},{"probability":0.9,"label":true}]}',
        encoding: 'JSON',
      },
    },
    eventMetadata: { eventId: `event of ${id}`, inferenceId: id, inferenceTime: at },
  });

describe('a captured prediction', () => {
  let told: Chronicle;
  const listed: string[] = [];
  before(async () => {
    told = await chronicle();
    await told.serve(1, 1, 1);
    for (const [variant, hour, id] of [
      ['v1', '2025/12/31/23', 'old'],
      ['v1', '2026/01/01/08', 'early'],
      ['v2', '2026/01/01/10', 'late'],
      ['v2-shadow', '2026/01/01/11', 'shadowed'],
    ] as const)
      await told.store.putText(
        `${CAPTURE}/${variant}/${hour}/a.jsonl`,
        `${line(id, `${hour.slice(0, 10).replaceAll('/', '-')}T${hour.slice(11)}:30:00Z`)}\n`,
      );
  });
  after(() => told.store.remove());

  const counting = () => ({
    folders: (prefix: string) => told.store.folders(prefix),
    list: (prefix: string) => {
      listed.push(prefix);
      return told.store.list(prefix);
    },
  });
  const seen = async (around?: string) => {
    const keys: string[] = [];
    for await (const { key } of capturesBack(counting(), MODEL, around === undefined ? undefined : Date.parse(around)))
      keys.push(key.slice(CAPTURE.length + 1, -'/a.jsonl'.length));
    return keys;
  };
  const find = (id: string, at?: string) => {
    const version = (number: number) => ({ version: number, facts: { target: { problem: 'binary' } } }) as never;
    return findCaptured(told.archive, { model: MODEL, id, at, versions: [version(1), version(2)] });
  };

  it('is looked for from the newest hour of all variants back, and never among what nobody was given', async () => {
    assert.deepEqual(await seen(), ['v2/2026/01/01/10', 'v1/2026/01/01/08', 'v1/2025/12/31/23']);
  });

  it('is looked for around an instant without a look at other hours', async () => {
    listed.length = 0;
    assert.deepEqual(await seen('2026-01-01T00:15:00Z'), ['v1/2025/12/31/23']);
    assert.deepEqual(listed, [`${CAPTURE}/v1/2025/12/31/23/`]);
  });

  it('is found by its request and row, with what was sent and answered, and by which version', async () => {
    const found = await find('early/1');
    assert.deepEqual(
      [found.id, found.at, found.version.version, found.instance, found.prediction],
      ['early/1', '2026-01-01T08:30:00.000Z', 1, { x: 2 }, { probability: 0.9, label: true }],
    );
    assert.equal((await find('late')).id, 'late/0');
  });

  it('that is not there is refused with what may help', async () => {
    await assert.rejects(find('early/7'), /the request early has 2 rows, counted from 0/);
    await assert.rejects(find('nobody/0'), /no prediction "nobody\/0" in the 3 captures that were looked at/);
    await assert.rejects(
      find('early/0', '2026-06-01T00:00:00Z'),
      /nothing that tiny answered around 2026-06-01.* was captured/,
    );
  });
});
