/** A store whose bucket is a folder: the real contract, for tests of what is done with data rather than of S3. */
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { ObjectRef } from '../../src/activities/types.ts';
import { contentOfFile } from '../../src/aws/content.ts';
import type { Store, StoredObject } from '../../src/aws/store.ts';

export interface FolderStore extends Store {
  readonly folder: string;
  remove(): Promise<void>;
}

export async function folderStore(bucket = 'test-bucket'): Promise<FolderStore> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-store-'));
  const uri = (key: string) => `s3://${bucket}/${key}`;
  const pathOf = (target: string) => join(folder, target.replace(`s3://${bucket}/`, ''));
  const refOf = async (key: string): Promise<ObjectRef> => ({ uri: uri(key), ...(await contentOfFile(pathOf(key))) });
  const write = async (key: string, text: string, flag: 'w' | 'wx') => {
    await mkdir(dirname(pathOf(key)), { recursive: true });
    await writeFile(pathOf(key), text, { flag });
  };
  const getFile = async (object: ObjectRef | string, path: string) => {
    const from = pathOf(typeof object === 'string' ? object : object.uri);
    if (typeof object !== 'string' && (await contentOfFile(from)).sha256 !== object.sha256)
      throw new Error(`${object.uri} is not the content referred to`);
    await copyFile(from, path);
  };
  return {
    folder,
    bucket,
    uri,
    remove: () => rm(folder, { recursive: true, force: true }),
    async putFile(key, path) {
      await mkdir(dirname(pathOf(key)), { recursive: true });
      await copyFile(path, pathOf(key));
      return refOf(key);
    },
    async putText(key, text) {
      await write(key, text, 'w');
      return refOf(key);
    },
    async putTextOnce(key, text) {
      return write(key, text, 'wx').then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') return false;
          throw error;
        },
      );
    },
    getFile,
    async getText(object) {
      const path = join(folder, `.read-${randomUUID()}`);
      await getFile(object, path);
      const text = await readFile(path, 'utf8');
      await rm(path);
      return text;
    },
    async content(target, withText) {
      if (!(await stat(pathOf(target)).catch(() => undefined))) return undefined;
      const content = await contentOfFile(pathOf(target));
      return { ...content, ...(withText && { text: await readFile(pathOf(target), 'utf8') }) };
    },
    async head(target) {
      const found = await stat(pathOf(target)).catch(() => undefined);
      return found && { bytes: found.size, modified: found.mtime };
    },
    async list(prefix) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const objects = entries
        .filter((entry) => entry.isFile())
        .map(async (entry): Promise<StoredObject> => {
          const path = join(entry.parentPath, entry.name);
          const key = relative(folder, path);
          const { size, mtime } = await stat(path);
          return { key, uri: uri(key), bytes: size, modified: mtime };
        });
      return (await Promise.all(objects))
        .filter(({ key }) => key.startsWith(prefix))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async folders(prefix) {
      const entries = await readdir(pathOf(prefix), { withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },
  };
}
