import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createTerminal, type Terminal } from '../../src/cli/terminal.ts';
import { until } from '../support/until.ts';

/** Runs `work` with a standard stream of these rows and columns; gives it what that was sent. */
async function onScreen(
  size: { isTTY?: boolean; rows?: number; columns?: number },
  work: (at: () => string[]) => void | Promise<void>,
  stream: 'stdout' | 'stderr' = 'stdout',
): Promise<void> {
  const pieces: string[] = [];
  const screen = new Writable({
    write(piece, _, done) {
      pieces.push(String(piece));
      done();
    },
  });
  const kept = Object.getOwnPropertyDescriptor(process, stream);
  Object.defineProperty(process, stream, { value: Object.assign(screen, size), configurable: true });
  try {
    await work(() => pieces);
  } finally {
    if (kept) Object.defineProperty(process, stream, kept);
  }
}

describe('a frame', () => {
  it('takes the place of the one before, cut to the screen', async () => {
    await onScreen({ isTTY: true, rows: 4, columns: 10 }, (pieces) => {
      const { frame } = createTerminal({ NO_COLOR: '1' });
      frame?.('one\ntwo\nthree and more\nfour');
      frame?.('other');
      const [first, second] = pieces();
      assert.equal(first, '\x1b[0Jone\ntwo\nthree and…');
      assert.equal(second, '\x1b[2A\r\x1b[0Jother');
    });
  });

  it('is not there where there is no screen', async () => {
    await onScreen({}, () => assert.equal(createTerminal({}).frame, undefined));
    await onScreen({ isTTY: true }, () => assert.equal(createTerminal({ TERM: 'dumb' }).frame, undefined));
  });
});

describe('what goes on, where there is no terminal', () => {
  it('is a line when it is another thing; of its details the last one is told in its time, though nothing else comes', async () => {
    const told = (terminal: Terminal, ...details: string[]) => {
      for (const detail of details) terminal.show({ what: 'train', detail });
    };
    await onScreen(
      {},
      async (pieces) => {
        const terminal = createTerminal({}, { every: 30 });
        told(terminal, 'round 1', 'round 2', 'round 3');
        terminal.show({ what: 'evaluate', detail: 'looks' });
        assert.deepEqual(pieces(), ['train · round 1\n', 'evaluate · looks\n']);
        told(terminal, 'round 1', 'round 2', 'waits');
        await until('the last detail', () => pieces().at(-1) === 'train · waits\n');
        assert.equal(pieces().length, 4);
        told(terminal, 'more');
        terminal.note('✓ train');
        terminal.show({ what: 'over' });
        await until('two lines more', () => pieces().length === 6);
        assert.deepEqual(pieces().slice(4), ['✓ train\n', 'over\n']);
      },
      'stderr',
    );
  });
});
