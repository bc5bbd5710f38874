/** The verbs that read what models left in AWS, as the API offers them: one way in for the whole process, opened when first asked for. */
import { ConfigError, readArchiveConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { type Archive, openArchive } from '../operations/archive.ts';
import { audit } from '../operations/audit.ts';
import { compare } from '../operations/compare.ts';
import { explain } from '../operations/explain.ts';
import { history } from '../operations/history.ts';
import { followLogs, logs } from '../operations/logs.ts';
import { report, reportDetails } from '../operations/report.ts';
import { score } from '../operations/score.ts';
import { verify } from '../operations/verify.ts';

type Asked<Verb extends (archive: Archive, asked: never) => unknown> = Parameters<Verb>[1];

/** An archive gone into the verbs. */
export const readsOn = (archive: () => Archive) => ({
  audit: async (asked: Asked<typeof audit>) => audit(archive(), asked),
  compare: async (asked: Asked<typeof compare>) => compare(archive(), asked),
  explain: async (asked: Asked<typeof explain>) => explain(archive(), asked),
  followLogs: (asked: Asked<typeof followLogs>) => followLogs(archive(), asked),
  history: async (asked: Asked<typeof history>) => history(archive(), asked),
  logs: async (asked: Asked<typeof logs>) => logs(archive(), asked),
  report: async (asked: Asked<typeof report>) => report(archive(), asked),
  reportDetails: async (asked: Asked<typeof reportDetails>) => reportDetails(archive(), asked),
  score: async (asked: Asked<typeof score>) => score(archive(), asked),
  verify: async (asked: Asked<typeof verify>) => verify(archive(), asked),
});
export type Reads = ReturnType<typeof readsOn>;

/** Without a bucket in the environment everything but this works, and this says what is missing. */
export function archiveWhenAsked(): { archive(): Archive; close(): void } {
  let opened: Archive | undefined;
  return {
    archive() {
      opened ??= openArchive(configured());
      return opened;
    },
    close: () => opened?.close(),
  };
}

function configured(): ReturnType<typeof readArchiveConfig> {
  try {
    return readArchiveConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UserError(
      `the API does not know where models leave what they did: ${error.message}`,
      'start it with PERENNIAL_BUCKET, and with the rights of docs/iam/reader.json',
      'elsewhere',
    );
  }
}
