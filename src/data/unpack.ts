/** Archives of ours that lay in S3, where others may have written: plain files and folders only, below a folder, bounded. */
import { extract } from 'tar';
import { permanent } from '../failures.ts';
import { bytesText } from './words.ts';

/** A transform holds reference tables of at most 64 MiB each, and texts. */
const MOST_BYTES = 2 ** 31;

/** Throws `DataUnusable` naming the member that is no such file. */
export async function unpack(archive: string, folder: string, most = MOST_BYTES): Promise<void> {
  let bytes = 0;
  let refused: string | undefined;
  await extract({
    file: archive,
    cwd: folder,
    filter: (path, entry) => {
      if (refused !== undefined) return false;
      bytes += entry.size ?? 0;
      const plain = 'type' in entry && ['File', 'OldFile', 'Directory'].includes(String(entry.type));
      if (!plain || /^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(path)) refused = `${path} is no plain file below it`;
      else if (bytes > most) refused = `it holds more than ${bytesText(most)}`;
      return refused === undefined;
    },
  });
  if (refused !== undefined)
    throw permanent(
      'DataUnusable',
      `${archive.split('/').at(-1)}: ${refused}; somebody changed it in the bucket: bring its first version back`,
    );
}
