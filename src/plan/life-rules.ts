/** How the parts of a plan that speak of the model's life fit together: training, gates, rollout, monitoring, calendar. Pure. */
import { Cron } from 'croner';
import { hyperparameterProblems } from './hyperparameters.ts';
import { BETTER, candidateName } from './meaning.ts';
import type { Broken, Path } from './problems.ts';
import type { Plan } from './schema.ts';

export function trainRules({ train }: Plan): Broken[] {
  const broken: Broken[] = [];
  const { metric, goal } = train.objective;
  if (BETTER[metric] !== goal)
    broken.push({
      path: ['train', 'objective', 'goal'],
      found: `"${goal}" makes ${metric} worse`,
      mend: `write "${BETTER[metric]}"`,
    });
  const names = train.candidates.map(candidateName);
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0)
    broken.push({
      path: ['train', 'candidates', twice],
      found: `another candidate is called "${names[twice]}"`,
      mend: 'give it a name of its own, as "name: deep"',
    });
  for (const [i, candidate] of train.candidates.entries())
    for (const { name, found, mend } of hyperparameterProblems(candidate.algorithm, candidate.hyperparameters))
      broken.push({ path: ['train', 'candidates', i, 'hyperparameters', name], found, mend });
  return broken;
}

export function gateRules({ evaluate, monitor }: Plan): Broken[] {
  const bounds = [
    ...evaluate.gates.map((gate, i) => ({ gate, path: ['evaluate', 'gates', i] as Path })),
    ...monitor.quality.map((gate, i) => ({ gate, path: ['monitor', 'quality', i] as Path })),
  ];
  return bounds
    .filter(({ gate }) => !('versusChampion' in gate) && gate.min === undefined && gate.max === undefined)
    .map(({ path }) => ({ path, found: 'it bounds nothing', mend: 'add min, max or (for a gate) versusChampion' }));
}

export function rolloutRules({ deploy }: Plan): Broken[] {
  const { steps } = deploy.rollout;
  const rising = steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0));
  if (rising && steps.at(-1) === 100) return [];
  return [
    {
      path: ['deploy', 'rollout', 'steps'],
      found: `found [${steps.join(', ')}]`,
      mend: 'write rising percentages that end with 100, as [10, 50, 100]',
    },
  ];
}

export function monitorRules({ monitor, retrain }: Plan): Broken[] {
  const broken: Broken[] = [];
  if (monitor.drift.warn > monitor.drift.alarm)
    broken.push({
      path: ['monitor', 'drift', 'warn'],
      found: `${monitor.drift.warn} lies above alarm`,
      mend: 'make warn at most alarm',
    });
  if (monitor.every < 1000)
    broken.push({ path: ['monitor', 'every'], found: `found ${monitor.every} ms`, mend: 'write at least 1s' });
  if (retrain.on.includes('quality') && monitor.quality.length === 0)
    broken.push({
      path: ['retrain', 'on'],
      found: 'nothing tells lost quality',
      mend: 'add a bound to monitor.quality, or take "quality" out',
    });
  return broken;
}

export function calendarRules({ retrain }: Plan): Broken[] {
  const broken: Broken[] = [];
  try {
    if (retrain.schedule) new Cron(retrain.schedule, { paused: true, mode: '5-part' });
  } catch (error) {
    broken.push({
      path: ['retrain', 'schedule'],
      found: `found "${retrain.schedule}"`,
      mend: `${(error as Error).message.replace(/^.*?: /, '')}; write five cron fields, as "0 3 * * 1"`,
    });
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: retrain.timeZone });
  } catch {
    broken.push({
      path: ['retrain', 'timeZone'],
      found: `found "${retrain.timeZone}"`,
      mend: 'write a zone of the tz database, as Europe/Paris',
    });
  }
  return broken;
}
