/** How the parts of `prepare` fit together. What features.sql gives is looked at as data is prepared. Pure. */
import type { Broken, Path } from './problems.ts';
import type { Plan } from './schema.ts';
import {
  type Cut,
  type Imputation,
  isCut,
  isImputation,
  namedCuts,
  namedImputations,
  namedScalings,
} from './settings.ts';
import { parseDuration, parseShare } from './units.ts';

type Prepare = Plan['prepare'];

const RESERVED = ['row_id', 'row_weight'];
/** As many columns as features may become. */
const MOST_COLUMNS = 2000;

export function prepareRules(plan: Plan): Broken[] {
  const { prepare } = plan;
  return [
    ...nameRules(prepare),
    ...cutRules(prepare),
    ...imputeRules(prepare),
    ...encodeRules(prepare),
    ...deriveRules(plan),
  ].map(({ path, ...words }) => ({ path: ['prepare', ...path], ...words }));
}

function nameRules(prepare: Prepare): Broken[] {
  const { label, weight } = prepare;
  const broken: Broken[] = [];
  const inputs = prepare.inputs.map((name) => name.replace(/\?$/, ''));
  const twice = inputs.find((name, i) => inputs.indexOf(name) !== i);
  if (twice) broken.push({ path: ['inputs'], found: `"${twice}" stands twice`, mend: 'name each column once' });
  const { ignore = [] } = prepare;
  for (const [i, name] of ignore.entries()) {
    const found = inputs.includes(name) ? 'is an input' : ignore.indexOf(name) < i ? 'stands twice' : undefined;
    if (found) broken.push({ path: ['ignore', i], found: `"${name}" ${found}`, mend: 'take it out' });
  }
  if (inputs.includes(label))
    broken.push({
      path: ['inputs'],
      found: `"${label}" is the label`,
      mend: 'take it out: no request knows what is to be predicted',
    });
  for (const [key, name] of Object.entries({ label, weight }))
    if (name !== undefined && RESERVED.includes(name.toLowerCase()) && !(key === 'weight' && name === 'row_weight'))
      broken.push({ path: [key], found: `${name} has a meaning of its own`, mend: 'call the column something else' });
  if (weight === label)
    broken.push({
      path: ['weight'],
      found: `"${label}" is the label`,
      mend: 'name the column that says what a row counts',
    });
  for (const [step, names] of Object.entries(namesBySteps(prepare)))
    for (const name of names)
      if (name === label || name === weight)
        broken.push({
          path: [step, ...(step === 'indicate' ? [] : [name])],
          found: `"${name}" is the ${name === label ? 'label' : 'weight'}, no feature`,
          mend: 'take it out',
        });
  for (const step of ['drop', 'clip', 'scale'] as const)
    for (const name of namesBySteps(prepare)[step])
      if (Object.hasOwn(prepare.encode, name))
        broken.push({
          path: [step, name],
          found: `"${name}" is encoded, and ${step} is for numbers`,
          mend: `take it out here, or out of prepare.encode`,
        });
  return broken;
}

function namesBySteps(prepare: Prepare) {
  return {
    drop: Object.keys(prepare.drop),
    impute: Object.keys(namedImputations(prepare)),
    indicate: prepare.indicate,
    clip: Object.keys(namedCuts(prepare)),
    encode: Object.keys(prepare.encode),
    scale: Object.keys(namedScalings(prepare)),
  };
}

function cutRules(prepare: Prepare): Broken[] {
  const { clip, drop } = prepare;
  const each = [...Object.entries(drop).map(at('drop')), ...Object.entries(namedCuts(prepare)).map(at('clip'))];
  const cuts: (readonly [Path, Cut])[] = clip !== undefined && isCut(clip) ? [...each, [['clip'], clip]] : each;
  return cuts.flatMap(([path, cut]): Broken[] => {
    if ('length' in cut) {
      if (cut[0] < cut[1]) return [];
      const mend = 'write the lower quantile first, as [0.001, 0.999]';
      return [{ path, found: `found [${cut.join(', ')}]`, mend }];
    }
    const { min, max } = cut;
    if (min === undefined || max === undefined || min < max) return [];
    return [{ path, found: `min ${min} is not below max ${max}`, mend: 'write the lower bound as min' }];
  });
}

const at =
  (step: string) =>
  <T>([name, value]: readonly [string, T]): readonly [Path, T] => [[step, name], value];

function imputeRules(prepare: Prepare): Broken[] {
  const { impute } = prepare;
  const [path, all]: [Path, Imputation | undefined] = isImputation(impute)
    ? [['impute'], impute]
    : [['impute', '*'], namedImputations(prepare)['*']];
  if (typeof all !== 'object' || typeof all.constant !== 'string') return [];
  return [
    {
      path,
      found: `"${all.constant}" is a text, and this is for all numbers`,
      mend: 'write a number, or name the text features one by one',
    },
  ];
}

function encodeRules({ encode, leaks, indicate }: Prepare): Broken[] {
  const broken: Broken[] = [];
  let buckets = 0;
  for (const [name, encoding] of Object.entries(encode)) {
    if (typeof encoding === 'string') continue;
    if ('hash' in encoding) buckets += encoding.hash.buckets;
    if (!('ordinal' in encoding)) continue;
    const twice = encoding.ordinal.find((value, i) => encoding.ordinal.indexOf(value) !== i);
    if (twice !== undefined)
      broken.push({
        path: ['encode', name, 'ordinal'],
        found: `"${twice}" stands twice`,
        mend: 'name each value once, the lowest first',
      });
  }
  if (buckets > MOST_COLUMNS)
    broken.push({
      path: ['encode'],
      found: `hashing makes ${buckets} columns`,
      mend: `make the buckets at most ${MOST_COLUMNS} together, or write target`,
    });
  for (const [key, names] of Object.entries({ indicate, 'leaks.allow': leaks.allow })) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice) broken.push({ path: key.split('.'), found: `"${twice}" stands twice`, mend: 'name it once' });
  }
  return broken;
}

function deriveRules({ prepare, collect }: Plan): Broken[] {
  const { derive, split } = prepare;
  if (!derive) return [];
  const broken: Broken[] = [];
  const sources = Object.keys(collect.sources);
  const tables = Object.keys(derive.tables);
  if (tables.length === 0)
    broken.push({ path: ['derive', 'tables'], found: 'there is none', mend: 'name at least one, or leave derive out' });
  const lower = [...sources, ...tables].map((name) => name.toLowerCase());
  for (const [i, name] of tables.entries())
    if (lower.indexOf(name.toLowerCase()) !== sources.length + i)
      broken.push({
        path: ['derive', 'tables', name],
        found: `another table or source is called "${name}"`,
        mend: 'call it something else',
      });
  const byTime = split.by !== 'random' && !split.by.startsWith('hash(');
  const amount = byTime ? parseDuration(derive.history) : parseShare(derive.history);
  const path: Path = ['derive', 'history'];
  if (amount === undefined || amount === 0)
    broken.push({
      path,
      found: `found "${derive.history}"`,
      mend: byTime ? 'write a duration, as "30 days": the split is by time' : 'write a share, as "20%"',
    });
  else if (!byTime && amount >= 1)
    broken.push({ path, found: `found "${derive.history}"`, mend: 'leave some rows to train on: less than 100%' });
  const held = (parseDuration(split.validation) ?? 0) + (parseDuration(split.test) ?? 0);
  if (byTime && amount !== undefined && collect.window !== undefined && held + amount >= collect.window)
    broken.push({
      path,
      found: 'history, validation and test fill the whole collect.window',
      mend: 'make collect.window longer than all three together',
    });
  return broken;
}
