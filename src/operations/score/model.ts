/** The ML Test Score's tests of how the model is developed. */
import { candidateName, candidatesOf, linearOf } from '../../plan/meaning.ts';
import { type Evidence, planEntry } from './evidence.ts';
import { byHand, held, type Judges, lacking, NOTHING_SERVES, partly, type Verdict } from './verdict.ts';

export const modelJudges: Judges<'model'> = {
  reviewed: {
    judge: (evidence) => {
      const { champion } = evidence;
      if (!champion) return lacking(NOTHING_SERVES);
      const planned = planEntry(evidence)?.by;
      const { decided } = champion;
      if (!decided) return lacking(`version ${champion.version} was approved by its plan, by nobody else`);
      return decided.by === planned
        ? lacking(`${planned} applied the plan of version ${champion.version}, and approved it, too`)
        : held(`${planned} applied the plan of version ${champion.version}, and ${decided.by} approved it`);
    },
    mend: 'set approve.mode to manual, and let another person approve than who applied the plan',
  },
  'offline-online': { judge: foretold, mend: 'send outcomes ("perennial labels"), and let a pass look at them' },
  tuned: {
    judge: ({ champion, made, evaluation }) => {
      if (!champion) return lacking(NOTHING_SERVES);
      const name = evaluation?.trained?.candidate;
      const candidate = made && candidatesOf(made).find((one) => candidateName(one) === name);
      return candidate?.tune
        ? held(`${name} of version ${champion.version} is the best of ${candidate.tune.jobs} trials at most`)
        : lacking(`the hyperparameters of ${name ?? champion.algorithm} are fixed in the plan`);
    },
    mend: 'give the candidate a tune',
  },
  staleness: {
    judge: ({ backtest }) =>
      backtest
        ? held(`${backtest.origins.length} versions of the past were scored on what came later: ${backtest.verdict}`)
        : lacking('no backtest was run'),
    mend: '"perennial backtest"',
  },
  simpler: {
    judge: ({ champion, made }) => {
      if (!champion || !made) return lacking(NOTHING_SERVES);
      const linear = linearOf(made);
      if (champion.algorithm === linear) return held(`version ${champion.version} is a linear model itself`);
      return candidatesOf(made).some(({ algorithm }) => algorithm === linear)
        ? held(`a linear model was trained beside ${champion.algorithm} on the same rows, and was not better`)
        : lacking('no simpler model was trained beside it');
    },
    mend: 'leave train.baseline at linear',
  },
  slices: {
    judge: ({ plan: { evaluate } }) => {
      const gates = evaluate.gates.filter((gate) => 'slice' in gate && gate.slice !== undefined).length;
      if (gates > 0) return held(`${gates} gates hold for every slice`);
      return evaluate.slices.length > 0
        ? partly(`slices by ${evaluate.slices.join(', ')} are measured, for people to read; no gate holds them`)
        : lacking('no slice is looked at');
    },
    mend: 'name the columns that matter in evaluate.slices, and give evaluate.gates a slice',
  },
  inclusion: byHand('whether the model is fair', 'inclusion'),
};

/** The objective on the test rows, and on what was served and came true. */
function foretold({ champion, evaluation, pass }: Evidence): Verdict {
  if (!champion || !evaluation) return lacking(NOTHING_SERVES);
  const { objective } = evaluation;
  const [before, since] = [evaluation.challenger.metrics[objective], pass?.quality.scores?.metrics[objective]];
  if (!before || !since || !pass?.quality.judged)
    return lacking(`no pass had outcomes enough to measure ${objective} of version ${champion.version}`);
  const text = ({ value, low, high }: typeof before) => `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
  const found = `${objective} was ${text(before)} on the test rows, and ${text(since)} on ${pass.quality.labelled} that came true`;
  return before.high < since.low || since.high < before.low ? lacking(`${found}: they lie apart`) : held(found);
}
