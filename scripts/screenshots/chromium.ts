/** The system's own browser: none is downloaded. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** PERENNIAL_CHROMIUM, or the first of its names on the PATH; undefined when there is none. */
export function chromiumPath({ PERENNIAL_CHROMIUM: named, PATH = '' } = process.env): string | undefined {
  if (named) return named;
  const places = NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  return places.find(runs);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
