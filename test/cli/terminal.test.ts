import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createTerminal } from '../../src/cli/terminal.ts';

/** What a screen of these rows and columns is sent. */
function onScreen(
  size: { isTTY?: boolean; rows?: number; columns?: number },
  work: (at: () => string[]) => void,
): void {
  const pieces: string[] = [];
  const screen = new Writable({
    write(piece, _, done) {
      pieces.push(String(piece));
      done();
    },
  });
  const kept = Object.getOwnPropertyDescriptor(process, 'stdout');
  Object.defineProperty(process, 'stdout', { value: Object.assign(screen, size), configurable: true });
  try {
    work(() => pieces);
  } finally {
    if (kept) Object.defineProperty(process, 'stdout', kept);
  }
}

describe('a frame', () => {
  it('takes the place of the one before, cut to the screen', () => {
    onScreen({ isTTY: true, rows: 4, columns: 10 }, (pieces) => {
      const { frame } = createTerminal({ NO_COLOR: '1' });
      frame?.('one\ntwo\nthree and more\nfour');
      frame?.('other');
      const [first, second] = pieces();
      assert.equal(first, '\x1b[0Jone\ntwo\nthree and…');
      assert.equal(second, '\x1b[2A\r\x1b[0Jother');
    });
  });

  it('is not there where there is no screen', () => {
    onScreen({}, () => assert.equal(createTerminal({}).frame, undefined));
    onScreen({ isTTY: true }, () => assert.equal(createTerminal({ TERM: 'dumb' }).frame, undefined));
  });
});
