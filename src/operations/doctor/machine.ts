/** What the machine must have: Node, memory, room on the disk; and files of keys that nobody else can read. */
import { statfs } from 'node:fs/promises';
import { freemem, tmpdir, totalmem } from 'node:os';
import { readCodecKeys } from '../../codec/keys.ts';
import { type Config, ConfigError, readConfig } from '../../config.ts';
import { UserError } from '../../errors.ts';
import { type Check, ok, warning, wrong } from './finding.ts';

const GIB = 2 ** 30;
/** What the SDKs take, and what they will ask for. */
const OLDEST_NODE = 20;
const SOON_NODE = 22;

export const machineChecks = (): Check[] => [
  { area: 'machine', what: 'Node', run: async () => [node(process.versions.node)] },
  { area: 'machine', what: 'the memory', run: async () => [memory(totalmem(), freemem())] },
  { area: 'machine', what: 'the disk', run: async () => [await disk(tmpdir())] },
  { area: 'settings', what: 'the settings', run: async () => settings() },
];

export function node(version: string) {
  const major = Number(version.split('.')[0]);
  if (major < OLDEST_NODE) return wrong(`Node is ${version}`, `install Node ${SOON_NODE} or newer`);
  if (major < SOON_NODE)
    return warning(
      `Node is ${version}: the AWS SDK asks for ${SOON_NODE} from January 2027 on`,
      `install Node ${SOON_NODE} or newer`,
    );
  return ok(`Node ${version}`);
}

export function memory(total: number, free: number) {
  const found = `${gib(free)} of ${gib(total)} of memory are free`;
  if (total < 2 * GIB) return wrong(found, 'give the machine 4 GiB or more: data is prepared in memory');
  return free < GIB ? warning(found, 'end what is not needed: data is prepared in memory') : ok(found);
}

async function disk(folder: string) {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${gib(free)} are free in ${folder}`;
  const mend = 'make room there, or name another folder by TMPDIR: a worker lays sources and what it prepares there';
  if (free < GIB) return wrong(found, mend);
  return free < 10 * GIB ? warning(found, mend) : ok(found);
}

/** The settings of a worker, where they are complete. */
export function configured(): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function settings() {
  try {
    const { region, bucket, image, codecKeysFile, buildId } = readConfig();
    const keys = codecKeysFile === undefined ? [] : [keysFile(codecKeysFile)];
    const build = buildId === undefined ? '' : `, build ${buildId}`;
    return [ok(`complete: region ${region}, bucket ${bucket}, image ${image}${build}`), ...keys];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [wrong(error.message, 'start the laptop cloud with `perennial up`, or set them: docs/aws.md')];
  }
}

/** As the worker and every client read it. */
function keysFile(path: string) {
  try {
    const { length } = readCodecKeys(path);
    return ok(`the file of keys is its owner's, and has ${length === 1 ? 'a key' : `${length} keys`}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return wrong(error.message, error.hint);
  }
}

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
