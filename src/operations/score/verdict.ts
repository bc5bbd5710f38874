/** What evidence says of one test of the ML Test Score. */
import type { ML_TESTS, MlTest, Section } from '../../plan/ml-tests.ts';
import type { Evidence } from './evidence.ts';

export interface Verdict {
  /** 1: computed, and it held; 0.5: partly, or read by people; 0: nothing tells it, or it did not hold. */
  readonly points: 0 | 0.5 | 1;
  /** What was found, in a sentence. */
  readonly found: string;
}

export interface Judge {
  readonly judge: (evidence: Evidence) => Verdict;
  /** How the test is come by. */
  readonly mend: string;
}

export type Judges<S extends Section> = Readonly<Record<keyof (typeof ML_TESTS)[S] & MlTest, Judge>>;

export const held = (found: string): Verdict => ({ points: 1, found });
export const partly = (found: string): Verdict => ({ points: 0.5, found });
export const lacking = (found: string): Verdict => ({ points: 0, found });

/** Nothing that Perennial sees tells it: it counts when the plan says where people wrote it down. */
export const byHand = (what: string, test: MlTest): Judge => ({
  judge: () => lacking(`nothing that Perennial sees tells ${what}`),
  mend: `look at it, and write in the plan under tested.${test} what was found, when, and where it is kept`,
});

export const NOTHING_SERVES = 'nothing serves yet';
