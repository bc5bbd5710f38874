/** The transform as one archive, the same bytes for the same content. Format: docs/transform.md. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import type { Column } from '../activities/types.ts';
import type { Problem } from '../plan/metrics.ts';

export interface Transform {
  readonly format: 2;
  readonly problem: Problem;
  /** Multiclass: the classes, in the order of their numbers. */
  readonly classes?: readonly string[];
  readonly label: string;
  readonly source: { readonly name: string; readonly columns: readonly Column[] };
  readonly inputs: readonly Input[];
  /** Names that a request may carry, too, and that are not read; none when left out. */
  readonly ignored?: readonly string[];
  readonly references: readonly { readonly name: string; readonly file: string; readonly columns: readonly Column[] }[];
  readonly features: readonly string[];
  readonly duckdb: string;
  readonly statement: string;
}

/** A column that a request carries, or may leave out. */
export interface Input extends Column {
  readonly optional: boolean;
}

/** `folder` holds the references' files; `to` is where the archive goes. */
export async function packTransform(transform: Transform, folder: string, to: string): Promise<void> {
  await writeFile(join(folder, 'transform.json'), `${JSON.stringify(transform, undefined, 2)}\n`);
  const files = ['transform.json', ...transform.references.map(({ file }) => file)].sort();
  await create({ file: to, cwd: folder, gzip: true, portable: true, mtime: new Date(0) }, files);
}
