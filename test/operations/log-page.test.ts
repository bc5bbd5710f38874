import assert from 'node:assert/strict';
import {
  linesAfterPlace,
  linesBefore,
  placeAfter,
  placeBefore,
  placeText,
  readPlace,
} from '../../src/operations/log-page.ts';

/** Lines of few instants: `2 2 2 5` is three in one millisecond, and one later. */
const linesAt = (...ms: number[]) =>
  ms.map((one, index) => ({ at: new Date(one).toISOString(), message: `line ${index}` }));
const LINES = linesAt(1, 2, 2, 2, 2, 2, 5, 5, 9, 9, 9, 12);

describe('places in a log', () => {
  for (const limit of [1, 2, 3, 5, 20])
    it(`lead back ${limit} at a time through lines of one millisecond, losing and repeating none`, () => {
      const pages: (typeof LINES)[] = [];
      let before: string | undefined;
      do {
        const place = before === undefined ? undefined : readPlace(before);
        const page = (place ? linesBefore(upTo(place.at), place) : LINES).slice(-limit);
        pages.unshift(page);
        const next = placeBefore(page, place);
        before = next && placeText(next);
      } while (pages[0]?.length);
      assert.deepEqual(pages.flat(), LINES);
    });

  it('lead on after what was told, wherever it was broken off', () => {
    for (const first of LINES.keys())
      for (const second of LINES.keys()) {
        const [head, middle] = [LINES.slice(0, first), LINES.slice(first, Math.max(first, second))];
        const place = placeAfter(middle, placeAfter(head));
        const rest = place ? linesAfterPlace(LINES, place) : LINES;
        assert.deepEqual([...head, ...middle, ...rest], LINES);
      }
  });

  it('are instants, too: only what came before counts', () => {
    const place = readPlace(LINES[3]?.at ?? '');
    assert.deepEqual(place, { at: LINES[3]?.at, lines: 0 });
    assert.deepEqual(linesBefore(LINES, { at: LINES[3]?.at ?? '', lines: 0 }), LINES.slice(0, 1));
  });

  it('are no other texts', () => {
    for (const text of [
      '',
      'yesterday',
      '2001-05-01',
      '2001-05-01T00:00:00Z',
      '2001-05-01T00:00:00.000Z~',
      '2001-99-01T00:00:00.000Z~1',
      '1969-01-01T00:00:00.000Z~1',
    ])
      assert.equal(readPlace(text), undefined, text);
  });
});

const upTo = (at: string) => LINES.filter((line) => line.at <= at);
