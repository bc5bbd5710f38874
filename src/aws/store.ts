/** S3 as Perennial uses it: immutable objects, referred to by uri, sha256 and size. */
import type { ObjectRef } from '../activities/types.ts';

export interface StoredObject {
  readonly key: string;
  readonly uri: string;
  readonly bytes: number;
  readonly modified: Date;
}

export interface Store {
  readonly bucket: string;
  uri(key: string): string;
  /** Uploads a file; gives its reference. An object of the same key and sha256 is left as it is. */
  putFile(key: string, path: string, contentType?: string): Promise<ObjectRef>;
  putText(key: string, text: string, contentType?: string): Promise<ObjectRef>;
  /** Writes only where nothing is (If-None-Match); false when the key is taken. */
  putTextOnce(key: string, text: string, contentType?: string): Promise<boolean>;
  /** Downloads to a file; with a reference, throws when the content is not the content referred to. */
  getFile(object: ObjectRef | string, path: string): Promise<void>;
  getText(object: ObjectRef | string): Promise<string>;
  /** undefined when there is no such object. */
  head(uri: string): Promise<{ bytes: number; modified: Date; versionId?: string } | undefined>;
  list(prefix: string): Promise<StoredObject[]>;
}
