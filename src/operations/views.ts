/** The verbs that read what models left in AWS, for those who ask again and again: what was read and has not changed is kept. */
import { alarms } from './alarms.ts';
import { type Archive, type ArchiveConfig, openArchive } from './archive.ts';
import { type AuditAsked, audit } from './audit.ts';
import { type ContestsAsked, contests } from './contests.ts';
import { type HistoryAsked, history } from './history.ts';
import { type PassesAsked, passes } from './passes.ts';
import { remembering } from './remembering.ts';
import { type ReportAsked, report } from './report.ts';
import { score } from './score.ts';

export type { Alarm } from './alarms.ts';
export type { Audit } from './audit.ts';
export type { Contest } from './contests.ts';
export type { CycleEvent, History } from './history.ts';
export type { Pass } from './passes.ts';
export type { Score } from './score.ts';

export const viewsOf = (archive: Archive) => ({
  alarms: (asked: { readonly model: string }) => alarms(archive, asked),
  audit: (asked: AuditAsked) => audit(archive, asked),
  contests: (asked: ContestsAsked) => contests(archive, asked),
  history: (asked: HistoryAsked) => history(archive, asked),
  passes: (asked: PassesAsked) => passes(archive, asked),
  report: (asked: ReportAsked) => report(archive, asked),
  score: (asked: { readonly model: string }) => score(archive, asked),
});
export type Views = ReturnType<typeof viewsOf>;

/** Close it when done. */
export function openViews(config: ArchiveConfig): { views: Views; close(): void } {
  const archive = openArchive(config);
  return { views: viewsOf({ ...archive, store: remembering(archive.store) }), close: archive.close };
}
