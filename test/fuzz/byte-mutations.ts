/** Files, broken at random: encodings, cuts, spoilt bytes, rows of another width. */
import fc from 'fast-check';

export type Damage =
  | { readonly do: 'none' | 'utf-16' | 'utf-16 of the other end' | 'utf-16 without a mark' | 'latin-1' | 'mark' }
  | { readonly do: 'empty' | 'cr' | 'crlf' | 'mixed ends' | 'blank lines' | 'no last end' | 'zeros' | 'twice' }
  | { readonly do: 'cut'; readonly at: number }
  | { readonly do: 'bytes'; readonly at: number; readonly bytes: readonly number[]; readonly over: boolean }
  | { readonly do: 'ragged'; readonly line: number; readonly more: number };

const share = fc.double({ min: 0, max: 1, noNaN: true });

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...['utf-16', 'utf-16 of the other end', 'utf-16 without a mark', 'latin-1', 'mark', 'empty', 'cr', 'crlf'],
        ...['mixed ends', 'blank lines', 'no last end', 'zeros', 'twice'],
      ),
    }),
  },
  fc.record({ do: fc.constant('cut'), at: share }),
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ do: fc.constant('bytes'), at: share, over: fc.boolean() },
      bytes: fc.oneof(
        fc.constantFrom([0], [0xff], [0xc3], [0xed, 0xa0, 0x80], [0x22], [0x0a], [0x1a], [0xef, 0xbb, 0xbf], [0x5c]),
        fc.array(fc.nat(255), { minLength: 1, maxLength: 64 }),
      ),
    }),
  },
  fc.record({ do: fc.constant('ragged'), line: fc.nat(400), more: fc.constantFrom(-9, -1, 1, 5) }),
) as fc.Arbitrary<Damage>;

export function damaged(file: Buffer, how: Damage): Buffer {
  switch (how.do) {
    case 'none':
      return file;
    case 'utf-16':
      return Buffer.from(`\ufeff${file.toString()}`, 'utf16le');
    case 'utf-16 of the other end':
      return Buffer.from(`\ufeff${file.toString()}`, 'utf16le').swap16();
    case 'utf-16 without a mark':
      return Buffer.from(file.toString(), 'utf16le');
    case 'latin-1':
      return Buffer.from(file.toString(), 'latin1');
    case 'mark':
      return Buffer.concat([Buffer.from('\ufeff'), file]);
    case 'empty':
      return Buffer.alloc(0);
    case 'zeros':
      return Buffer.alloc(file.length);
    case 'twice':
      return Buffer.concat([file, file]);
    case 'cr':
      return Buffer.from(file.toString('latin1').replaceAll('\n', '\r'), 'latin1');
    case 'crlf':
      return Buffer.from(file.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    case 'mixed ends': {
      let lines = 0;
      return Buffer.from(
        file.toString('latin1').replaceAll('\n', () => (lines++ % 2 ? '\n' : '\r\n')),
        'latin1',
      );
    }
    case 'blank lines':
      return Buffer.from(file.toString('latin1').replaceAll('\n', '\n\n'), 'latin1');
    case 'no last end':
      return file.subarray(0, file.length - 1);
    case 'cut':
      return file.subarray(0, Math.floor(file.length * how.at));
    case 'bytes': {
      const at = Math.floor(file.length * how.at);
      return Buffer.concat([
        file.subarray(0, at),
        Buffer.from(how.bytes),
        file.subarray(at + (how.over ? how.bytes.length : 0)),
      ]);
    }
    case 'ragged': {
      const lines = file.toString('latin1').split('\n');
      const line = how.line % Math.max(1, lines.length - 1);
      const fields = (lines[line] ?? '').split(',');
      lines[line] = [
        ...fields.slice(0, how.more < 0 ? Math.max(1, fields.length + how.more) : undefined),
        ...Array.from({ length: Math.max(0, how.more) }, () => '1'),
      ].join(',');
      return Buffer.from(lines.join('\n'), 'latin1');
    }
  }
}
