import assert from 'node:assert/strict';
import { EVENTS } from '../../src/api/streams.ts';
import { watchBy } from '../../src/api/watch.ts';
import type { ModelStatus } from '../../src/workflows/messages.ts';
import { until } from '../support/until.ts';
import { aModel, missing, type Parts, type Person, play, problemOf } from './support.ts';

interface Event {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

describe('the events of a model', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function served(look: () => ModelStatus, more: Partial<typeof EVENTS> = {}, parts: Parts = {}) {
    let looks = 0;
    const verbs = {
      status: async () => {
        looks += 1;
        return look();
      },
    };
    const options = { events: { ...EVENTS, every: 10, ...more } };
    const { api, ask } = await play({ verbs, options, ...parts });
    const url = await api.listen({ port: 0 });
    closing.push(() => api.close());
    return { api, ask, url, looks: () => looks };
  }

  /** Reads a stream as it comes. */
  async function open(url: string, person: Person, headers: Readonly<Record<string, string>> = {}) {
    const stop = new AbortController();
    const all = { authorization: `Bearer token-of-${person}`, ...headers };
    const response = await fetch(`${url}/v1/models/tiny/events`, { headers: all, signal: stop.signal });
    let text = '';
    let ended = false;
    const reading = (async () => {
      try {
        for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
        ended = true;
      } catch (error) {
        if (!stop.signal.aborted) throw error;
      }
    })();
    const close = async () => {
      stop.abort();
      await reading;
    };
    return { response, text: () => text, events: () => eventsOf(text), ended: () => ended, close };
  }

  it('are its status at once, then whenever it changes, each once', async () => {
    let status = aModel('tiny', { cycles: 1 });
    const { url, looks } = await served(() => status);
    const stream = await open(url, 'vera');
    assert.equal(stream.response.headers.get('content-type'), 'text/event-stream');
    await until('the first event', () => stream.events().length === 1);
    const seen = looks();
    await until('some more looks', () => looks() > seen + 3);
    status = aModel('tiny', { cycles: 2 });
    await until('the second event', () => stream.events().length === 2);
    assert.deepEqual(
      stream.events().map(({ event, data }) => [event, JSON.parse(data ?? '').cycles]),
      [
        ['status', 1],
        ['status', 2],
      ],
    );
    await stream.close();
  });

  it('go on where they ended, by their ids, at another process, too', async () => {
    let status = aModel('tiny', { cycles: 1 });
    const [one, two] = [await served(() => status), await served(() => status)];
    const first = await open(one.url, 'vera');
    const [{ id = '' } = {}] = await until('an event', () => first.events().length > 0 && first.events());
    await first.close();
    const second = await open(two.url, 'vera', { 'last-event-id': id });
    const seen = two.looks();
    await until('some more looks', () => two.looks() > seen + 3);
    assert.deepEqual(second.events(), []);
    status = aModel('tiny', { cycles: 2 });
    await until('what is new', () => second.events().length === 1);
    await second.close();
  });

  it('cost one look at a time however many watch, and none when nobody does', async () => {
    let looks = 0;
    const watch = watchBy(async () => {
      looks += 1;
      return looks;
    }, 1);
    const seen: string[][] = [[], [], []];
    const stops = seen.map((texts) =>
      watch('tiny', { saw: ({ text }) => void texts.push(text), ended: () => assert.fail('it ended') }),
    );
    assert.equal(looks, 1);
    await until('some looks', () => looks > 5);
    for (const stop of stops) stop();
    const after = looks;
    for (const texts of seen) assert.equal(texts[0], '1');
    await until('another model to be looked at', async () => {
      let other = false;
      const saw = () => {
        other = true;
      };
      const stop = watch('other', { saw, ended: () => {} });
      await new Promise(setImmediate);
      stop();
      return other;
    });
    assert.ok(looks <= after + 3, `${looks} looks, ${after} while somebody watched`);
  });

  it('end with the model, which is told', async () => {
    let there = true;
    const { url } = await served(() => {
      if (there) return aModel('tiny');
      throw missing('tiny');
    });
    const stream = await open(url, 'vera');
    await until('the first event', () => stream.events().length === 1);
    there = false;
    await until('the end', stream.ended);
    assert.deepEqual(stream.events()[1], { event: 'gone', data: '{"reason":"there is no model \\"tiny\\""}' });
  });

  it('are none of a model that there is not', async () => {
    const { ask } = await served(() => {
      throw missing('tiny');
    });
    problemOf(await ask('GET', '/v1/models/tiny/events', { as: 'vera' }), 404);
  });

  it('say that they live when nothing changes, and end when the process does', async () => {
    const { url, api } = await served(() => aModel('tiny'), { keepAlive: 10 });
    const stream = await open(url, 'vera');
    await until('words of life', () => (stream.text().match(/^: still here$/gm)?.length ?? 0) > 2);
    await api.close();
    await until('the end', stream.ended);
  });

  it('end with the token that opened them', async () => {
    const authenticate = async () => ({ by: 'vera', role: 'viewer', until: Date.now() + 50 }) as const;
    const { url } = await served(() => aModel('tiny'), {}, { authenticate });
    const stream = await open(url, 'vera');
    await until('the end', stream.ended);
    assert.equal(stream.events().length, 1);
  });

  it('are open in a bounded number, of all and of one person', async () => {
    const { url } = await served(() => aModel('tiny'), { most: 3, mostEach: 2 });
    const streams = [await open(url, 'vera'), await open(url, 'vera')];
    const refused = await open(url, 'vera');
    assert.equal(refused.response.status, 429);
    streams.push(await open(url, 'oleg'));
    assert.equal((await open(url, 'anna')).response.status, 429);
    await streams[0]?.close();
    await until('a place', async () => {
      const stream = await open(url, 'anna');
      streams.push(stream);
      return stream.response.status === 200;
    });
    for (const stream of streams) await stream.close();
  });
});

const eventsOf = (text: string): Event[] =>
  text
    .split('\n\n')
    .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .filter((event) => 'event' in event);
