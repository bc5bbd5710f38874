/** The sheet and the script, at addresses that change with them: browsers may keep them for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { STYLE } from '../report/page.ts';

export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

const here = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

function asset(name: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { path: `/pages/${hash}/${name}`, type: `${type}; charset=utf-8`, text };
}

export const SHEET = asset('pages.css', 'text/css', `${STYLE}${here('./pages.css')}`);
export const SCRIPT = asset('live.js', 'text/javascript', here('./live.js'));
