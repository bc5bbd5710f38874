/** What the schema alone can't say of a plan: how its parts fit together. Pure. */
import { Cron } from 'croner';
import { hyperparameterProblems } from './hyperparameters.ts';
import type { Path } from './problems.ts';
import type { Metric, Plan } from './schema.ts';
import { parseDuration, parseShare } from './units.ts';

export interface Broken {
  readonly path: Path;
  readonly found: string;
  readonly mend: string;
}

/** Which way each measure is better. */
export const BETTER: Readonly<Record<Metric, 'maximize' | 'minimize'>> = {
  auc: 'maximize',
  pr_auc: 'maximize',
  log_loss: 'minimize',
  brier: 'minimize',
  calibration_error: 'minimize',
  accuracy: 'maximize',
  precision: 'maximize',
  recall: 'maximize',
  f1: 'maximize',
};

/** The source whose rows are predicted for: the only one that is no reference. */
export function mainSource(plan: Plan): string {
  const [name] = Object.keys(plan.collect.sources).filter((source) => !plan.collect.sources[source]?.reference);
  if (!name) throw new Error('a plan has one source that is no reference: the rules check it');
  return name;
}

/** What a candidate is called: its name, or its algorithm. */
export const candidateName = (candidate: Plan['train']['candidates'][number]): string =>
  candidate.name ?? candidate.algorithm;

/** Every rule that a plan of the right shape breaks. */
export function brokenRules(plan: Plan): Broken[] {
  return [
    ...sourceRules(plan),
    ...splitRules(plan),
    ...prepareRules(plan),
    ...trainRules(plan),
    ...gateRules(plan),
    ...rolloutRules(plan),
    ...monitorRules(plan),
    ...calendarRules(plan),
  ];
}

function sourceRules({ collect }: Plan): Broken[] {
  const names = Object.keys(collect.sources);
  const main = names.filter((name) => !collect.sources[name]?.reference);
  const broken: Broken[] = [];
  if (main.length !== 1)
    broken.push({
      path: ['collect', 'sources'],
      found: main.length === 0 ? 'every source is a reference' : `${main.join(' and ')} are both no reference`,
      mend: 'leave exactly one source without "reference: true": the one whose rows are predicted for',
    });
  const [name] = main;
  if (main.length === 1 && name && collect.window !== undefined && !collect.sources[name]?.time)
    broken.push({
      path: ['collect', 'window'],
      found: `${name} has no time column`,
      mend: `add "time: <column>" to collect.sources.${name}, or leave window out`,
    });
  for (const [i, expectation] of collect.expect.entries()) {
    const tables = [
      'table' in expectation ? expectation.table : undefined,
      'in' in expectation && expectation.in && !Array.isArray(expectation.in) ? expectation.in.table : undefined,
    ];
    for (const table of tables)
      if (table && !names.includes(table))
        broken.push({
          path: ['collect', 'expect', i],
          found: `there is no source "${table}"`,
          mend: `name one of ${names.join(', ')}`,
        });
  }
  return broken;
}

function splitRules(plan: Plan): Broken[] {
  const { by, validation, test } = plan.prepare.split;
  const byTime = by !== 'random' && !by.startsWith('hash(');
  const times = Object.values(plan.collect.sources).flatMap(({ time }) => time ?? []);
  const broken: Broken[] = [];
  if (byTime && !times.includes(by))
    broken.push({
      path: ['prepare', 'split', 'by'],
      found: `"${by}" is the time column of no source`,
      mend: 'name the main source\'s time column, "random" or "hash(column)"',
    });
  const read = byTime ? parseDuration : parseShare;
  for (const [part, text] of Object.entries({ validation, test }))
    if (read(text) === undefined || read(text) === 0)
      broken.push({
        path: ['prepare', 'split', part],
        found: `found "${text}"`,
        mend: byTime ? 'write a duration, as "7 days"' : 'write a share, as "10%"',
      });
  if (!byTime && (parseShare(validation) ?? 0) + (parseShare(test) ?? 0) >= 1)
    broken.push({
      path: ['prepare', 'split'],
      found: 'validation and test leave nothing to train on',
      mend: 'make their sum less than 100%',
    });
  const held = (parseDuration(validation) ?? 0) + (parseDuration(test) ?? 0);
  if (byTime && plan.collect.window !== undefined && held >= plan.collect.window)
    broken.push({
      path: ['prepare', 'split'],
      found: 'validation and test fill the whole collect.window',
      mend: 'make collect.window longer than both together',
    });
  return broken;
}

function prepareRules({ prepare }: Plan): Broken[] {
  const broken: Broken[] = [];
  if (prepare.clip && prepare.clip[0] >= prepare.clip[1])
    broken.push({
      path: ['prepare', 'clip'],
      found: `found [${prepare.clip.join(', ')}]`,
      mend: 'write the lower quantile first, as [0.001, 0.999]',
    });
  const inputs = prepare.inputs.map((name) => name.replace(/\?$/, ''));
  const twice = inputs.find((name, i) => inputs.indexOf(name) !== i);
  if (twice)
    broken.push({ path: ['prepare', 'inputs'], found: `"${twice}" stands twice`, mend: 'name each column once' });
  if (inputs.includes(prepare.label))
    broken.push({
      path: ['prepare', 'inputs'],
      found: `"${prepare.label}" is the label`,
      mend: 'take it out: no request knows what is to be predicted',
    });
  return broken;
}

function trainRules({ train }: Plan): Broken[] {
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

function gateRules({ evaluate, monitor }: Plan): Broken[] {
  const bounds = [
    ...evaluate.gates.map((gate, i) => ({ gate, path: ['evaluate', 'gates', i] as Path })),
    ...monitor.quality.map((gate, i) => ({ gate, path: ['monitor', 'quality', i] as Path })),
  ];
  return bounds
    .filter(({ gate }) => !('versusChampion' in gate) && gate.min === undefined && gate.max === undefined)
    .map(({ path }) => ({ path, found: 'it bounds nothing', mend: 'add min, max or (for a gate) versusChampion' }));
}

function rolloutRules({ deploy }: Plan): Broken[] {
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

function monitorRules({ monitor, retrain }: Plan): Broken[] {
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

function calendarRules({ retrain }: Plan): Broken[] {
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
