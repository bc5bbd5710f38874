/** How the parts of a plan that speak of the model's life fit together: rollout, monitoring, calendar. Pure. */
import { Cron } from 'croner';
import type { Broken } from './problems.ts';
import type { Plan } from './schema.ts';

export function rolloutRules({ deploy }: Plan): Broken[] {
  const { steps } = deploy.rollout;
  const rising = steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0));
  if (rising && steps.at(-1) === 100) return scalingRules(deploy);
  return [
    ...scalingRules(deploy),
    {
      path: ['deploy', 'rollout', 'steps'],
      found: `found [${steps.join(', ')}]`,
      mend: 'write rising percentages that end with 100, as [10, 50, 100]',
    },
  ];
}

function scalingRules({ instance, scaling }: Plan['deploy']): Broken[] {
  if (!scaling || scaling.max >= instance.count) return [];
  return [
    {
      path: ['deploy', 'scaling', 'max'],
      found: `found ${scaling.max}, below the ${instance.count} of instance.count`,
      mend: 'write at least as many as instance.count',
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
