/** A file of rows as a DuckDB relation: its format is told, its content is held to it. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { headerNames, jsonNames, parquetNames, refuseNames } from './column-names.ts';
import type { Duck } from './duckdb.ts';
import { list, text } from './sql.ts';
import { UnusableFile } from './unusable.ts';

export const FORMATS = ['parquet', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

const ENDINGS: readonly (readonly [RegExp, Format])[] = [
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(csv|tsv|csv\.gz|tsv\.gz)$/i, 'csv'],
  [/\.(json|jsonl|ndjson)(\.gz)?$/i, 'json'],
];

/** The format that a uri's ending tells. */
export function formatOf(uri: string, said?: Format): Format {
  const path = /^[a-z]+:\/\//i.test(uri) ? uri.replace(/[?#].*$/, '') : uri;
  const told = said ?? ENDINGS.find(([ending]) => ending.test(path))?.[1];
  if (told) return told;
  if (/\.(xlsx?|ods|numbers)$/i.test(path))
    throw new UnusableFile('it is a spreadsheet; save its sheet as CSV in UTF-8, and name that file');
  throw new UnusableFile('its ending tells no format; add `format: parquet`, `csv` or `json` to the source');
}

/** A FROM clause that gives the file's rows in the file's order; text-only formats arrive with every column as VARCHAR. */
export async function relationOf(duck: Duck, path: string, format: Format, packed: boolean): Promise<string> {
  if (format === 'parquet') return parquet(duck, path);
  if (!packed) await refuseStrange(path, format);
  return format === 'csv' ? csv(path, packed) : json(duck, path, packed);
}

async function parquet(duck: Duck, path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const ends = Buffer.alloc(8);
    await file.read(ends, 0, 4, 0);
    if (size >= 12) await file.read(ends, 4, 4, size - 4);
    if (ends.toString('latin1', 0, 4) !== 'PAR1')
      throw new UnusableFile('it is no Parquet file; correct its `format` in the plan, or the file');
    if (ends.toString('latin1', 4) !== 'PAR1')
      throw new UnusableFile('it is a Parquet file cut short: its end is missing; write or copy it again');
  } finally {
    await file.close();
  }
  refuseNames(await parquetNames(duck, path));
  return `read_parquet(${text(path)})`;
}

/** What a server answers instead of rows is most often a page; what a spreadsheet saves may be UTF-16. */
async function refuseStrange(path: string, format: Format): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    const start = buffer
      .toString('latin1', 0, bytesRead)
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart();
    if (/^(\u00ff\u00fe|\u00fe\u00ff)|\0/.test(start))
      throw new UnusableFile(
        'it is no UTF-8 text (it looks like UTF-16, or is no text at all); write it again as UTF-8',
      );
    if (start.startsWith('PK\x03\x04'))
      throw new UnusableFile(
        `it is a zip archive or a spreadsheet, not ${format}; unpack it, or save its sheet as CSV`,
      );
    if (start.startsWith('PAR1')) throw new UnusableFile(`it is a Parquet file, not ${format}; correct its \`format\``);
    if (/^<(!doctype|html|\?xml)/i.test(start))
      throw new UnusableFile(`it is a page of HTML or XML, not ${format}; name the uri of the rows themselves`);
  } finally {
    await file.close();
  }
}

/** Comma, semicolon, tab or bar: the one that the header has most of. The first line names the columns. */
async function csv(path: string, packed: boolean): Promise<string> {
  const header = await firstLine(path, packed);
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const [delimiter = ','] = [',', ';', '\t', '|'].sort((a, b) => bare.split(b).length - bare.split(a).length);
  const names = headerNames(fieldsOf(header, delimiter));
  refuseNames(names);
  const columns = list(names.map((name) => `${text(name)}: 'VARCHAR'`));
  return `read_csv(${text(path)}, auto_detect = false, header = true, columns = {${columns}}, delim = ${text(delimiter)},
    quote = '"', escape = '"', strict_mode = true, null_padding = false, max_line_size = 16777216,
    compression = '${packed ? 'gzip' : 'none'}')`;
}

async function firstLine(path: string, packed: boolean): Promise<string> {
  const file = createReadStream(path);
  const bytes = packed ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => bytes.destroy(error));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let head = '';
  try {
    for await (const chunk of bytes) {
      head += decoder.decode(chunk as Buffer, { stream: true });
      const line = /^(?:[^"\r\n]|"(?:[^"]|"")*")*(?=[\r\n])/.exec(head)?.[0];
      if (line !== undefined) return line;
      if (head.length > 1 << 20)
        throw new UnusableFile('its first line is longer than 1 MiB; correct its `format` in the plan, or the file');
    }
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    throw new UnusableFile(`it cannot be read as UTF-8 text (${(error as Error).message}); write it again as UTF-8`);
  } finally {
    file.destroy();
  }
  return head;
}

/** The fields of one line; a doubled quote inside quotes is a quote. */
const fieldsOf = (line: string, delimiter: string): string[] =>
  [...`${line}${delimiter}`.matchAll(fieldPattern(delimiter))].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  );

const fieldPattern = (delimiter: string): RegExp => {
  const d = delimiter === '|' ? '\\|' : delimiter;
  return new RegExp(`(?:"((?:[^"]|"")*)"|([^${d}]*))${d}`, 'g');
};

async function json(duck: Duck, path: string, packed: boolean): Promise<string> {
  const file = `${text(path)}, format = 'auto', maximum_object_size = 67108864, compression = '${packed ? 'gzip' : 'uncompressed'}'`;
  refuseNames(await jsonNames(duck, file));
  const read = `read_json(${file}, records = true, sample_size = -1, map_inference_threshold = -1, convert_strings_to_integers = false)`;
  const columns = await duck.columns(`SELECT * FROM ${read}`);
  // Instants and dates are told from text by our own rule, the same for CSV and JSON.
  const timeless = columns.map(
    ({ name, type }) => `${text(name)}: ${text(/^(DATE|TIME|TIMESTAMP|UUID)/.test(type) ? 'VARCHAR' : type)}`,
  );
  return read.replace(/\)$/, `, columns = {${list(timeless)}})`);
}
