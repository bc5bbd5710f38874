/** How gates, limits and the threshold fit the kind of problem. Pure. */
import { metricsOf } from './meaning.ts';
import { CLASS_METRICS, type Metric } from './metrics.ts';
import type { Broken, Path } from './problems.ts';
import type { Plan } from './schema.ts';

export function evaluateRules(plan: Plan): Broken[] {
  const { evaluate, monitor, train, problem } = plan;
  const bounds = [
    ...evaluate.gates.map((gate, i) => ({ gate, path: ['evaluate', 'gates', i] as Path })),
    ...monitor.quality.map((gate, i) => ({ gate, path: ['monitor', 'quality', i] as Path })),
  ];
  const broken = bounds
    .filter(({ gate }) => !('versusChampion' in gate) && gate.min === undefined && gate.max === undefined)
    .map(
      ({ path }): Broken => ({ path, found: 'it bounds nothing', mend: 'add min, max or (for a gate) versusChampion' }),
    );
  const named: { metric: Metric; class?: string; path: Path }[] = [
    { metric: train.objective.metric, path: ['train', 'objective'] },
    ...bounds.map(({ gate, path }) => ({ metric: gate.metric, class: gate.class, path })),
  ];
  broken.push(...named.flatMap(({ metric, class: one, path }) => measured(plan, metric, one, path)));
  if (problem !== 'binary' && evaluate.threshold !== 0.5)
    broken.push({
      path: ['evaluate', 'threshold'],
      found: `a ${problem} problem has no threshold`,
      mend: 'take it out',
    });
  return broken;
}

function measured(plan: Plan, metric: Metric, one: string | undefined, path: Path): Broken[] {
  const known = metricsOf(plan);
  if (one !== undefined && plan.problem !== 'multiclass')
    return [{ path: [...path, 'class'], found: `a ${plan.problem} problem has no such class`, mend: 'take it out' }];
  const perClass: readonly Metric[] = CLASS_METRICS;
  if (one !== undefined)
    return perClass.includes(metric)
      ? []
      : [
          {
            path: [...path, 'metric'],
            found: `${metric} is not measured of one class`,
            mend: `write one of ${CLASS_METRICS.join(', ')}, or take class out`,
          },
        ];
  if (known.includes(metric)) return [];
  const mend =
    plan.problem === 'multiclass' && perClass.includes(metric)
      ? `name a class, or write ${metric}_macro or ${metric}_weighted`
      : `write one of ${known.join(', ')}`;
  return [{ path: [...path, 'metric'], found: `${metric} is no measure of a ${plan.problem} problem`, mend }];
}
