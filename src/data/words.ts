/** How amounts and places are told to people. */

export const bytesText = (bytes: number): string => {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
};

export const count = (n: number, thing: string): string => `${n.toLocaleString('en-US')} ${thing}${n === 1 ? '' : 's'}`;

/** A uri without what may be secret in it: user, password, query. */
export function placeOf(uri: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return uri;
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url ? `${url.protocol}//${url.host}${decodeURI(url.pathname)}` : uri.replace(/[?#].*$/, '');
}

/** The first sentence of what DuckDB says, with its line and caret where it has one. */
export const duckSays = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/\n+Possible (?:fixes|solutions):[\s\S]*$/i, '')
    .slice(0, 1500)
    .trim();

/** At most `most` names, each cut short and all of them about 600 characters, and how many more there are. */
export const some = (names: readonly string[], most = 20): string => {
  const shown: string[] = [];
  let left = 600;
  for (const name of names.slice(0, most).map(shortly)) {
    if (left < 0) break;
    shown.push(name);
    left -= name.length;
  }
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
};

/** A name or value of other people's data, as a message can hold it: one line, at most 60 characters. */
export const shortly = (said: string): string => {
  const line = said.replaceAll(/\p{Cc}/gu, '\ufffd');
  return line.length > 60 ? `${line.slice(0, 60).replace(/\p{Surrogate}$/u, '')}…` : line;
};
