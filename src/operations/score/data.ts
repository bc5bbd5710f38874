/** The ML Test Score's tests of data and features. */
import { span } from '../../plan/span.ts';
import { planEntry } from './evidence.ts';
import { byHand, held, type Judges, lacking, NOTHING_SERVES } from './verdict.ts';

const SOON_MS = 7 * 24 * 3_600_000;

export const dataJudges: Judges<'data'> = {
  'feature-schema': {
    judge: ({ plan: { collect } }) => {
      const of = collect.expect.filter((one) => 'column' in one).length;
      return of > 0
        ? held(`${of} expectations of columns are held before anything is trained`)
        : lacking('nothing is expected of any column');
    },
    mend: 'say in collect.expect what each column may be',
  },
  'features-worth': {
    judge: ({ champion, evaluation }) => {
      if (!champion) return lacking(NOTHING_SERVES);
      if (!evaluation?.importance)
        return lacking(`what each feature is worth to version ${champion.version} is not known`);
      const { increase, measure, rows } = evaluation.importance;
      const idle = Object.keys(increase).filter((feature) => (increase[feature] ?? 0) <= 0);
      const all = Object.keys(increase).length;
      return idle.length === 0
        ? held(`shuffling any of the ${all} features makes ${measure} worse on ${rows} rows`)
        : lacking(`${idle.length} of ${all} features are worth nothing: ${idle.slice(0, 5).join(', ')}`);
    },
    mend: 'leave out the features that are worth nothing; those of a script of yours are not measured',
  },
  'features-cost': {
    judge: ({ plan: { train, deploy } }) =>
      train.budget
        ? held(
            `a cycle with all features may cost ${train.budget.perCycleUsd} USD, and 99 of 100 answers may take ${span(deploy.rollout.maxLatencyP99)}`,
          )
        : lacking('what a cycle may cost has no limit'),
    mend: 'set train.budget.perCycleUsd',
  },
  'features-allowed': {
    judge: ({ plan: { collect, prepare }, champion }) =>
      champion
        ? held(
            `features can read ${Object.keys(collect.sources).length} sources and ${prepare.inputs.length} fields of a request, and nothing else; one that knows the answer is refused`,
          )
        : lacking(NOTHING_SERVES),
    mend: 'run a cycle: preparing the data checks it',
  },
  privacy: byHand('how personal data are guarded', 'privacy'),
  'features-quick': {
    judge: (evidence) => {
      const { champion, ledger } = evidence;
      if (!champion) return lacking(NOTHING_SERVES);
      const applied = planEntry(evidence);
      const first = ledger.find(({ event, facts }) => event === 'serving' && facts.planHash === champion.planHash);
      if (!applied || !first) return lacking('how long a change of the plan takes is not in the ledger');
      const took = Date.parse(first.at) - Date.parse(applied.at);
      const found = `the plan that serves was in production ${span(Math.max(0, took))} after it was applied`;
      return took <= SOON_MS ? held(found) : lacking(found);
    },
    mend: 'a plan that is applied should serve within a week: run its cycle, and approve it',
  },
  'features-tested': byHand('whether the code of the features is tested', 'features-tested'),
};
