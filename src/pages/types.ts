/** What the pages are made of, and for whom they are written. */
import type { Admit } from '../api/guard.ts';
import type { Links } from '../api/links.ts';
import type { Sessions } from '../api/session.ts';
import type { Identity, Role } from '../api/types.ts';
import type { Html } from '../report/html.ts';

export interface Door {
  readonly admit: Admit;
  readonly sessions: Sessions;
  readonly links: Links;
}

/** What a person is told at the top of the page that an action leads to. */
export interface Said {
  readonly good: boolean;
  readonly words: string;
  /** What mends it. */
  readonly hint?: string;
}

/** For whom a page is written. */
export interface Viewer {
  readonly by: string;
  readonly role: Role;
  may(role: Role): boolean;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, approver: 2 };

export const viewerOf = ({ by, role }: Identity): Viewer => ({
  by,
  role,
  may: (needed) => RANK[role] >= RANK[needed],
});

/** A part of a page; undefined leaves nothing. */
export type Part = Html | undefined;
