/** `perennial init`: a plan from a file of rows. */
import { UserError } from '../../errors.ts';
import { command } from '../command.ts';
import { person } from '../model.ts';

export const init = command({
  description: 'Make a new plan from a file of rows: columns, features, split, gates; tried on the data, ready to run',
  examples: {
    'init plans/penguins --data penguins.csv': 'which columns could be the label?',
    'init plans/penguins --data penguins.csv --label species': 'a plan, ready to run',
    'init plans/trips --data s3://mine/trips.parquet --label fare --time started_at': 'from S3, split by time',
  },
  args: {
    folder: { type: 'positional', required: true, description: 'Where the plan goes; made when it is not there' },
    data: { type: 'string', valueHint: 'file', description: 'CSV, Parquet or JSON: a path, s3:// or https://' },
    label: {
      type: 'string',
      valueHint: 'column',
      description: 'What is to be predicted; left out, it is told which may be',
    },
    name: { type: 'string', valueHint: 'model', description: "The model's name; the folder's when left out" },
    time: {
      type: 'string',
      valueHint: 'column',
      description: 'When a row happened; found by itself where one column must be it',
    },
    force: { type: 'boolean', description: 'Write over a plan that is there' },
  },
  async run({ args, show, signal }) {
    if (args.data === undefined)
      throw new UserError('--data is missing', 'name the file of rows, as --data flights.csv');
    const { initPlan } = await import('../../init/index.ts');
    const since = Date.now();
    const made = await initPlan({
      ...{ folder: args.folder, data: args.data, label: args.label, name: args.name, time: args.time },
      ...{ force: args.force === true, owner: person(), signal, say: (what) => show({ what, since }) },
    });
    return { json: made, text: madeText(made) };
  },
});

type Made = Awaited<ReturnType<typeof import('../../init/index.ts').initPlan>>;

function madeText({ model, folder, files, problem, label, rows, features, leftOut, split, asOf, notes }: Made): string {
  const out = leftOut.slice(0, 10).map(({ column, why }) => `  left out: ${column} (${why})`);
  const more = leftOut.length - out.length;
  return [
    `${folder}: ${files.join(', ')}`,
    `  ${problem} model ${model}: tells ${label} by ${features.length} ${features.length === 1 ? 'feature' : 'features'}, learnt from ${rows.toLocaleString('en-US')} rows, split ${split}`,
    ...out,
    ...(more > 0 ? [`  left out: ${more} more, see features.sql`] : []),
    ...notes.map((note) => `  ${note}`),
    'Read both, then:',
    `  perennial apply ${folder}`,
    `  perennial run ${model}${asOf ? ` --as-of ${asOf}` : ''} --wait`,
  ].join('\n');
}
