/** The first plan.yaml: complete, valid, and each choice with what it rests on. Pure. */
import { shortly } from '../data/words.ts';
import { type Draft, inputsOf, named, remark } from './draft.ts';
import { expectLines } from './expect-text.ts';
import { measuresOf } from './measures.ts';
import { percent } from './roles.ts';
import { bracketed, scalar } from './yaml-text.ts';

/** Training rows beyond these teach little more, and take long. */
const SAMPLE = 300_000;
const SMALL = 2_000;

export function planText(draft: Draft): string {
  return [
    ...head(draft),
    ...collect(draft),
    ...prepare(draft),
    ...train(draft),
    ...evaluate(draft),
    ...live(draft),
    '',
  ].join('\n');
}

function head({ model, aim, owner, seen }: Draft): string[] {
  const what = remark(shortly(aim.column.name));
  return [
    '# Made by `perennial init` from the data: read it, change it, then `perennial validate` and `perennial apply`.',
    '# Every key: docs/plan.md',
    `model: ${scalar(model)}`,
    `problem: ${aim.problem} # ${remark(aim.why)}`,
    `objective: ${scalar(`Tell ${what}, learnt from ${seen.rows.toLocaleString('en-US')} rows.`)} # say what it is good for`,
    `owner: { team: ${scalar(owner)}, contact: ${scalar(owner)} } # who answers for it, and how they are reached`,
  ];
}

function collect(draft: Draft): string[] {
  const { table, uri, format, when, renamed } = draft;
  const source = [
    `uri: ${JSON.stringify(uri)}`,
    ...(format ? [`format: ${format}`] : []),
    ...(when ? [`time: ${named(draft, when.column.name)}`] : []),
  ];
  const copy = [
    '# A copy of the file, in which columns have names that a plan can hold; make it again when the file changes.',
    ...renamed.map((name) => `#   ${JSON.stringify(remark(shortly(name)))} is ${named(draft, name)}`),
  ];
  return [
    'collect:',
    '  sources:',
    ...(renamed.length > 0 ? copy.map((line) => `    ${line}`) : []),
    `    ${table}: { ${source.join(', ')} }`,
    ...(when ? ['  # window: 365 days # take only so much of the past; all of it when left out'] : []),
    '  expect: # data that breaks these never reaches training; from what was seen, with room to spare',
    ...expectLines(draft).map((line) => `    ${line}`),
  ];
}

function prepare(draft: Draft): string[] {
  const { label, aim, seen, features } = draft;
  const missing = new Set(seen.columns.filter(({ present }) => present < seen.rows).map(({ name }) => name));
  const inputs = inputsOf(draft).map((name) => (missing.has(name) ? `"${named(draft, name)}?"` : named(draft, name)));
  const encode = features.flatMap(({ name, encode }) => (encode ? [`${name}: ${encode}`] : []));
  const unknown = 1 - aim.labelled / seen.rows;
  return [
    'prepare:',
    '  features: features.sql',
    `  label: ${scalar(label)}`,
    ...(aim.labelled < seen.rows
      ? [
          `  unlabelled: leave-out # ${unknown < 0.001 ? 'a few rows have' : `${percent(unknown)} of the rows have`} no label to learn from`,
        ]
      : []),
    '  # What a request carries ("?": it may be left out). Take out what is not known yet when a prediction is asked for.',
    `  inputs: ${bracketed('[', inputs, 2)}`,
    '  clip: [0.001, 0.999] # numbers far out are cut to what training saw',
    ...(encode.length > 0 ? [`  encode: ${bracketed('{', encode, 2)}`] : []),
    ...split(draft),
    ...(seen.rows > SAMPLE * 1.5 ? [`  sample: ${SAMPLE} # training rows, chosen by a hash`] : []),
  ];
}

function split(draft: Draft): string[] {
  const { when, group, notByTime } = draft;
  if (when) {
    const { column, validation, test, asOf } = when;
    return [
      `  # By time: what is newest judges, as in life.${asOf ? ` The rows end with ${asOf}: look back from there, as \`--as-of ${asOf}\`.` : ''}`,
      `  split: { by: ${named(draft, column.name)}, validation: ${validation}, test: ${test} }`,
    ];
  }
  const by = group === undefined ? 'random' : `hash(${named(draft, group)})`;
  const why =
    group === undefined
      ? (notByTime ?? 'no column tells when a row happened')
      : 'rows that belong together stay together';
  return [`  split: { by: ${by}, validation: 20%, test: 20% } # ${remark(why)}`];
}

function train(draft: Draft): string[] {
  const { seen, aim } = draft;
  const linear = aim.problem === 'regression' ? 'linear-regression' : 'logistic-regression';
  const small = seen.rows < SMALL;
  const [rounds, depth, eta] = small ? [100, 3, 0.1] : [200, 6, 0.1];
  return [
    'train:',
    `  objective: ${measuresOf(draft).objective}`,
    '  candidates:',
    `    - { algorithm: xgboost, hyperparameters: { num_round: ${rounds}, max_depth: ${depth}, eta: ${eta} } }`,
    `    - { algorithm: ${linear} } # a simpler model must not be better`,
    '    # - { algorithm: gradient-boosting, tune: { parameters: { learning_rate: { min: 0.02, max: 0.3, scale: log } }, jobs: 6 } }',
    `  instance: { type: ${seen.rows > 200_000 ? 'ml.m5.xlarge' : 'ml.m5.large'}, maxRuntime: 1h }`,
    '  budget: { perCycleUsd: 5 } # refused before the first paid call',
  ];
}

function evaluate(draft: Draft): string[] {
  return [
    'evaluate:',
    `  gates: # judged on about ${draft.testRows.toLocaleString('en-US')} rows; always besides: better than answering without a model`,
    ...measuresOf(draft).gates.map(([gate, why]) => `    - ${gate} # ${why}`),
    'approve: { mode: auto } # manual: nothing goes live before `perennial approve`',
  ];
}

function live(draft: Draft): string[] {
  const small = draft.seen.rows < SMALL;
  const labels = Math.max(50, Math.min(1000, roundTen(draft.testRows / 2)));
  return [
    'deploy:',
    '  instance: { type: ml.m5.large, count: 1 } # 2 or more to survive the loss of one',
    '  # Short, for a first try: with people on it watch each step for minutes (bake), and the end for longer (probation).',
    '  rollout: { steps: [10, 50, 100], bake: 10s, probation: 10s, maxErrorRate: 0.01, maxLatencyP99: 500ms }',
    '  keep: 3 # versions that `perennial rollback` can return to',
    'monitor:',
    '  every: 24h',
    small
      ? '  drift: { minRows: 100, warn: 0.25, alarm: 0.5 } # of few training rows chance alone moves much'
      : '  drift: { minRows: 500, warn: 0.1, alarm: 0.25 } # how far inputs may move (PSI)',
    `  quality: ${measuresOf(draft).quality} # once outcomes are told: perennial labels`,
    `  minLabels: ${labels}`,
    '  service: { errorRate: 0.01, latencyP99: 500ms }',
    '  # notify: ["mailto:you@example.com"] # who is told',
    'retrain:',
    '  # schedule: "0 3 * * 1" # Mondays at three, once the source holds new rows by then',
    '  on: [drift, quality] # what the monitor finds starts a cycle',
    '  cooldown: 24h',
    '  budget: { cyclesPerMonth: 10 }',
  ];
}

const roundTen = (value: number): number => Math.round(value / 10) * 10;
