/** `perennial compare`: two versions side by side. */
import { UserError } from '../../errors.ts';
import type { Compare } from '../../operations/compare.ts';
import { span } from '../../plan/span.ts';
import { usd } from '../../plan/usd.ts';
import { command } from '../command.ts';
import { columns, figure, moment } from '../format.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';
import { changeLines, fileLines } from '../plan-text.ts';

const ONE = 'A version, as v3 or 3, or a cycle, as c3';

export const compare = command({
  description: 'Hold two versions side by side: metrics, gates, data, features, hyperparameters, cost, plans',
  examples: {
    'compare flight-delays': 'the two newest versions',
    'compare flight-delays v1 v3': 'two that one names',
    'compare flight-delays c4': 'a cycle that the gates refused, against what serves',
  },
  args: {
    model: MODEL_ARG,
    first: { type: 'positional', required: false, description: `${ONE}; the two newest versions when left out` },
    second: { type: 'positional', required: false, description: 'The other; what serves now when left out' },
  },
  async run({ args }) {
    const model = await modelName(args.model);
    const operations = await import('../../operations/compare.ts');
    const which = [args.first, args.second]
      .filter((word) => word !== undefined)
      .map((word) => operations.readWhich(word) ?? refuse(word));
    const found = await withArchive((archive) => operations.compare(archive, { model, which }));
    return { json: found, text: compareText(found) };
  },
});

function refuse(word: string): never {
  throw new UserError(`"${word}" is neither a version nor a cycle`, 'write v3, or c3 for a cycle');
}

/** Pure. */
export function compareText(found: Compare): string {
  const [a, b] = found.sides;
  const both = (name: string, of: (side: typeof a) => string | undefined) => [name, of(a) ?? '', of(b) ?? ''];
  const facts = [
    ['', nameOf(a), nameOf(b)],
    both('came to', ({ outcome, at }) => `${outcome}, ${moment(at)}`),
    both('looks back from', ({ asOf }) => moment(asOf)),
    both('candidate', ({ candidate, algorithm }) => candidate ?? algorithm),
    both('hyperparameters', ({ hyperparameters = {} }) => settings(hyperparameters)),
    both('rows', ({ rows }) =>
      [rows.train, rows.validation, rows.test].map((n) => (n === undefined ? '?' : figure(n))).join(' / '),
    ),
    ...sources(found),
    both('artifact', ({ artifactBytes }) =>
      artifactBytes === undefined ? undefined : `${(artifactBytes / 1024).toFixed(0)} KiB`,
    ),
    both('cost', ({ costUsd }) => (costUsd === undefined ? undefined : usd(costUsd))),
    both('took', ({ seconds }) => (seconds === undefined ? undefined : span(seconds * 1000))),
  ];
  const rows = found.sameRows ? 'on the same test rows' : 'each on its own test rows';
  return [
    columns(facts, ''),
    `metrics, ${rows}, with 95 % intervals:`,
    columns(found.metrics.map(metricRow(found))),
    ...(found.gates.length > 0
      ? ['gates:', columns(found.gates.map(({ gate, held }) => [gate, mark(held[0]), mark(held[1])]))]
      : []),
    ...featureLines(found),
    ...(found.plan.length + found.files.length > 0
      ? ['plans:', ...changeLines(found.plan), ...fileLines(found.files)]
      : ['plans: the same']),
    ...(found.drift.length > 0
      ? [
          'training inputs, how far apart (PSI):',
          columns(found.drift.slice(0, 20).map(({ column, psi }) => [column, psi.toFixed(4)])),
        ]
      : []),
  ].join('\n');
}

const nameOf = ({ version, cycle }: Compare['sides'][number]): string =>
  version === undefined ? `cycle ${cycle}` : `v${version} (cycle ${cycle})`;

const settings = (all: Readonly<Record<string, unknown>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');

function sources({ sides: [a, b] }: Compare): string[][] {
  const names = [...new Set([...a.sources, ...b.sources].map(({ source }) => source))];
  const told = (side: typeof a, name: string) => {
    const found = side.sources.find(({ source }) => source === name);
    if (!found) return '';
    const { rows, from, to, sha256 } = found;
    return `${figure(rows)} rows${from && to ? `, ${from.slice(0, 10)} to ${to.slice(0, 10)}` : ''} (${sha256.slice(0, 8)})`;
  };
  return names.map((name) => [name, told(a, name), told(b, name)]);
}

const metricRow =
  ({ paired = {} }: Compare) =>
  ({ metric, values, difference, apart }: Compare['metrics'][number]): string[] => {
    const shown = values.map((one) => (one ? `${figure(one.value)} (${figure(one.low)} to ${figure(one.high)})` : ''));
    const found = paired[metric];
    const gain = found
      ? `better by ${figure(found.value)} (${figure(found.low)} to ${figure(found.high)}) on the same rows`
      : '';
    const change =
      difference === undefined ? '' : `${difference > 0 ? '+' : ''}${figure(difference)}${apart ? ', apart' : ''}`;
    return [metric, ...shown, change, gain];
  };

function featureLines({ features: { both, first, second } }: Compare): string[] {
  if (first.length + second.length === 0) return both.length > 0 ? [`features: the same ${both.length}`] : [];
  const only = (which: string, names: readonly string[]) =>
    names.length > 0 ? [`  ${which} alone: ${names.join(', ')}`] : [];
  return [`features: ${both.length} in common`, ...only('the first', first), ...only('the second', second)];
}

const mark = (held: boolean | undefined): string => (held === undefined ? '–' : held ? '✓' : '✗');
