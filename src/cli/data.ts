/** What a person hands to a command: the words themselves, a file, or standard input. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';

export interface Given {
  readonly text: string;
  /** Where it is from, for messages. */
  readonly place: string;
}

/** `data` is the text, `@` and a path, or `-`; `holds` says what a file should hold. */
export async function readData(data: string | undefined, stdin: () => Promise<string>, holds: string): Promise<Given> {
  if (data === undefined || data === '-') return { text: await stdin(), place: 'standard input' };
  if (!data.startsWith('@')) return { text: data, place: '--data' };
  const path = data.slice(1);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code})`, `name a file that holds ${holds}`);
  });
  return { text, place: path };
}

/** Throws `UserError` with `mend` when there is no JSON. */
export function parseGiven({ text, place }: Given, mend: string): unknown {
  if (text.trim() === '') throw new UserError(`${place} is empty`, mend);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${place} is not JSON: ${(error as Error).message}`, mend);
  }
}
