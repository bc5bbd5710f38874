/** How the parts of a plan that speak of training fit together. Pure. */
import { HYPERPARAMETERS, hyperparameterProblems } from './hyperparameters.ts';
import { BASELINE, candidateName, candidatesOf, linearOf, trialsOf } from './meaning.ts';
import { better } from './metrics.ts';
import type { Broken, Path } from './problems.ts';
import type { Candidate, Plan } from './schema.ts';

/** As many training jobs as `tune.jobs` may ask for. */
const MOST_TRIALS = 100;

export function trainRules(plan: Plan): Broken[] {
  const { train, problem } = plan;
  const { metric, goal } = train.objective;
  const broken: Broken[] = [];
  if (better(metric) !== goal)
    broken.push({
      path: ['train', 'objective', 'goal'],
      found: `"${goal}" makes ${metric} worse`,
      mend: `write "${better(metric)}"`,
    });
  const names = candidatesOf(plan).map(candidateName);
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0)
    broken.push({
      path: ['train', 'candidates', Math.min(twice, train.candidates.length - 1)],
      found: `another candidate is called "${names[twice]}"`,
      mend: names[twice] === BASELINE ? 'call it something else' : 'give it a name of its own, as "name: deep"',
    });
  if (train.classWeights !== undefined && problem === 'regression')
    broken.push({
      path: ['train', 'classWeights'],
      found: 'a regression has no classes',
      mend: 'take it out, or weigh rows by prepare.weight',
    });
  return [...broken, ...train.candidates.flatMap((candidate, i) => candidateRules(plan, candidate, i))];
}

function candidateRules(plan: Plan, candidate: Candidate, i: number): Broken[] {
  const { algorithm, script, hyperparameters } = candidate;
  const path: Path = ['train', 'candidates', i];
  const linear = linearOf(plan);
  const broken: Broken[] = [];
  if (['logistic-regression', 'linear-regression'].includes(algorithm) && algorithm !== linear)
    broken.push({
      path: [...path, 'algorithm'],
      found: `${algorithm} does not solve ${plan.problem === 'regression' ? 'a regression' : 'a classification'}`,
      mend: `write ${linear}`,
    });
  if (algorithm === 'script' && script === undefined)
    broken.push({ path: [...path, 'script'], found: 'it is missing', mend: 'name your Python file, as mine/train.py' });
  if (algorithm !== 'script' && script !== undefined)
    broken.push({
      path: [...path, 'script'],
      found: `${algorithm} takes no script`,
      mend: 'take it out, or write "algorithm: script"',
    });
  for (const { name, found, mend } of hyperparameterProblems(algorithm, hyperparameters))
    broken.push({ path: [...path, 'hyperparameters', name], found, mend });
  return [...broken, ...tuneRules(candidate, path)];
}

function tuneRules({ algorithm, tune, hyperparameters }: Candidate, at: Path): Broken[] {
  if (!tune) return [];
  const path: Path = [...at, 'tune'];
  const entries = Object.entries(tune.parameters);
  const broken: Broken[] = [];
  if (entries.length === 0)
    broken.push({ path: [...path, 'parameters'], found: 'there is none', mend: 'name at least one hyperparameter' });
  if (entries.length > 30)
    broken.push({
      path: [...path, 'parameters'],
      found: `there are ${entries.length}`,
      mend: 'SageMaker tunes at most 30 at once',
    });
  if (trialsOf({ tune, algorithm, hyperparameters }) > MOST_TRIALS)
    broken.push({
      path: [...path, 'parameters'],
      found: `the grid has ${trialsOf({ tune, algorithm, hyperparameters })} combinations`,
      mend: `leave at most ${MOST_TRIALS}, or let another strategy choose among them`,
    });
  if (tune.strategy === 'hyperband' && tune.earlyStopping)
    broken.push({
      path: [...path, 'earlyStopping'],
      found: 'hyperband stops jobs by itself',
      mend: 'take it out, or choose another strategy',
    });
  for (const [name, range] of entries) {
    const place: Path = [...path, 'parameters', name];
    const grid = tune.strategy === 'grid' && (Array.isArray(range) || !('values' in range));
    if (grid) broken.push({ path: place, found: 'a grid tries values', mend: 'write { values: [...] }' });
    if (name in hyperparameters)
      broken.push({ path: place, found: 'it stands in hyperparameters, too', mend: 'take it out of one of them' });
    if (Array.isArray(range) || !('values' in range)) {
      const [min, max] = Array.isArray(range) ? range : [range.min, range.max];
      if (min >= max) broken.push({ path: place, found: `${min} is not below ${max}`, mend: 'write the lower first' });
      if (!Array.isArray(range) && range.scale === 'log' && min <= 0)
        broken.push({ path: place, found: `a log scale begins at ${min}`, mend: 'begin above 0' });
      if (!Array.isArray(range) && range.scale === 'reverse-log' && (min < 0 || max >= 1))
        broken.push({ path: place, found: 'a reverse-log scale', mend: 'keep it from 0 to below 1' });
    }
    const tried = Array.isArray(range) ? range : 'values' in range ? range.values : [range.min, range.max];
    const [problem] = tried.flatMap((value) => hyperparameterProblems(algorithm, { [name]: value }));
    if (problem && HYPERPARAMETERS[algorithm]) broken.push({ path: place, found: problem.found, mend: problem.mend });
  }
  return broken;
}
