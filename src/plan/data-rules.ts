/** How the parts of a plan that speak of data fit together. Pure. */
import type { Broken } from './problems.ts';
import type { Plan } from './schema.ts';
import { parseDuration, parseShare } from './units.ts';

export function sourceRules({ collect }: Plan): Broken[] {
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

export function splitRules(plan: Plan): Broken[] {
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
