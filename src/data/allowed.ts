/** What a plan's sources may reach: files of the folders, and hosts beyond the public net, that the worker's settings name. */
import { realpath } from 'node:fs/promises';
import { BlockList, isIP } from 'node:net';
import { resolve, sep } from 'node:path';

/** Who may apply a plan may read all of this with the worker's rights. */
export interface Reach {
  /** Absolute paths. */
  readonly sourceFolders: readonly string[];
  /** `host` or `host:port`. */
  readonly sourceHosts: readonly string[];
}

/** Where a path really leads, its links followed; undefined when that is in none of the folders, be there a file or not. */
export async function allowedFile(path: string, { sourceFolders }: Reach): Promise<string | undefined> {
  const real = await existing(resolve(path));
  const folders = await Promise.all(sourceFolders.map((folder) => existing(resolve(folder))));
  return folders.some((folder) => isWithin(real, folder)) ? real : undefined;
}

export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** The links of as much of a path as is there are followed. */
async function existing(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = resolve(path, '..');
    return parent === path ? path : resolve(await existing(parent), path.slice(parent.length).replace(/^[/\\]/, ''));
  }
}

/** Whether the settings name a url's host, which may then be anywhere. */
export const isNamed = (url: URL, { sourceHosts }: Reach): boolean =>
  sourceHosts.some((host) =>
    [bare(url), `${bare(url)}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`].includes(host),
  );

const bare = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** The address that a url names by number, if it does. */
export const addressOf = (url: URL): string | undefined => (isIP(bare(url)) ? bare(url) : undefined);

/** Of this machine, of its network, of the cloud's own services (credentials at 169.254.169.254), or of no one host. */
export const isPrivate = (address: string): boolean => PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Of IANA's registries of special-purpose addresses, all that is not globally reachable, and what hides an IPv4 address. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  PRIVATE.addSubnet(net, bits, 'ipv6');
