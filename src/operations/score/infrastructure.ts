/** The ML Test Score's tests of the infrastructure. */
import { span } from '../../plan/span.ts';
import type { StepVerdict } from '../../workflows/shapes.ts';
import type { Evidence } from './evidence.ts';
import { held, type Judges, lacking, NOTHING_SERVES, partly, type Verdict } from './verdict.ts';

export const infrastructureJudges: Judges<'infrastructure'> = {
  reproducible: {
    judge: ({ champion, made }) => {
      if (!champion || !made) return lacking(NOTHING_SERVES);
      return champion.algorithm === 'script'
        ? lacking('whether a script of yours draws the same from the same seed is not known')
        : held(`${champion.algorithm} with seed ${made.train.seed} gives the same model of the same snapshots`);
    },
    mend: 'show that the script gives the same twice, and write it in the plan under tested.reproducible',
  },
  'specification-tested': {
    judge: ({ champion }) => {
      if (!champion) return lacking(NOTHING_SERVES);
      return champion.algorithm === 'script'
        ? lacking('whether the script has tests is not known')
        : held(`the plan is checked whole before it is applied, and ${champion.algorithm} has Perennial's own tests`);
    },
    mend: 'test the script, and write in the plan under tested.specification-tested where the tests are',
  },
  integration: {
    judge: ({ events, planHash }) => {
      const whole = events.find(
        (event) => event.kind === 'cycle' && event.planHash === planHash && event.outcome === 'deployed',
      );
      return whole?.kind === 'cycle'
        ? held(`cycle ${whole.cycle} ran the plan in force from its sources to its endpoint`)
        : lacking('no cycle has run the plan in force to its end');
    },
    mend: 'run a cycle of it, on a laptop cloud first: "perennial run <model> --wait"',
  },
  gates: {
    judge: ({ champion, evaluation }) => {
      if (!champion) return lacking(NOTHING_SERVES);
      const gates = evaluation?.gates ?? [];
      return gates.length > 0 && gates.every((gate) => gate.held)
        ? held(`version ${champion.version} held ${gates.length} gates before it served`)
        : lacking(`version ${champion.version} was held by no gate`);
    },
    mend: 'give the plan gates in evaluate.gates',
  },
  debuggable: {
    judge: ({ champion, evaluation }) =>
      champion && evaluation?.data.transform
        ? held(`"perennial explain" follows any prediction of version ${champion.version} from input to answer`)
        : lacking(champion ? 'its evaluation does not name its transform' : NOTHING_SERVES),
    mend: 'run a cycle: what is needed is written by it',
  },
  canary: { judge: canary, mend: 'leave steps below 100 in deploy.rollout.steps, and deploy a second version' },
  rollback: { judge: rolledBack, mend: 'try it once: "perennial rollback <model>", and promote or retrain again' },
};

function canary({ ledger }: Evidence): Verdict {
  const ended = ledger.findLast(({ event, facts }) => event === 'cycle ended' && verdictsOf(facts).length > 0);
  if (!ended) return lacking('no version has been judged on a part of the requests yet');
  const verdicts = verdictsOf(ended.facts);
  const requests = verdicts.reduce((sum, verdict) => sum + verdict.requests, 0);
  return held(
    `the rollout of cycle ${ended.facts.cycle} was judged in ${verdicts.length} steps, by ${requests} requests`,
  );
}

function rolledBack({ events, plan, ledger }: Evidence): Verdict {
  const back = events.find((event) => event.kind === 'rollback' && event.outcome === 'deployed');
  if (back?.kind === 'rollback') {
    const serves = ledger.find(
      ({ event, facts, seq }) => event === 'serving' && facts.version === back.to && seq > back.seq,
    );
    const took = serves ? Date.parse(serves.at) - Date.parse(back.at) : 0;
    return held(`version ${back.to} served again ${span(Math.max(0, took))} after it was asked for`);
  }
  const served = new Set(ledger.flatMap(({ event, facts }) => (event === 'serving' ? [facts.version] : [])));
  return served.size > 1 && plan.deploy.keep > 1
    ? partly(`${Math.min(served.size, plan.deploy.keep)} versions are kept, and nobody has tried to return to one`)
    : lacking('there is no other version to return to');
}

const verdictsOf = ({ verdicts }: Evidence['ledger'][number]['facts']): readonly StepVerdict[] =>
  (verdicts as StepVerdict[] | undefined) ?? [];
