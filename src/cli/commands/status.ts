/** `perennial status`: all models, or everything about one. */
import { UserError } from '../../errors.ts';
import type { Backlog } from '../../operations/types.ts';
import { span } from '../../plan/span.ts';
import { type Context, command } from '../command.ts';
import { follow } from '../follow.ts';
import { columns } from '../format.ts';
import { modelName, webUi, withOperator } from '../model.ts';
import { statusText } from '../status-text.ts';
import { ended } from './cycles.ts';

export const status = command({
  description: 'Tell how a model is: what serves, what runs, what waits, what ended; all models when none is named',
  examples: {
    status: 'all models',
    'status flight-delays --wait': 'follow the cycle that runs',
  },
  args: {
    model: { type: 'positional', required: false, description: 'The name of the model; a list of all when left out' },
    wait: { type: 'boolean', description: 'Follow the cycle that runs until it has ended' },
    watch: { type: 'boolean', description: 'Show it live until Ctrl-C: redrawn on a terminal, elsewhere what changes' },
  },
  async run({ args, ...watch }) {
    if (args.watch) refuseWatch(args);
    if (args.model === undefined) return list();
    const model = await modelName(args.model);
    if (args.watch) return live(model, watch);
    return withOperator(async (operator, operations) => {
      const found = await operations.status(operator, { model });
      const cycle = found.current?.cycle;
      if (!args.wait || cycle === undefined) return { json: found, text: statusText(found, await webUi()) };
      return ended(model, await follow(operator, operations, { model, cycle }, watch));
    });
  },
});

function refuseWatch({ model, wait, json }: { model?: string; wait?: boolean; json?: unknown }): void {
  if (model === undefined)
    throw new UserError('--watch shows one model', 'name it: "perennial status <model> --watch"');
  if (wait || json)
    throw new UserError('--watch shows a model until Ctrl-C', `leave out ${wait ? '--wait' : '--json'}`);
}

/** On a terminal the whole status in one place; elsewhere the lines of it that are new. */
async function live(model: string, { signal, frame, print }: Pick<Context, 'signal' | 'frame' | 'print'>) {
  let before: readonly string[] = [];
  await withOperator(async (operator, operations) => {
    const link = await webUi();
    for await (const found of operations.watchModel(operator, { model, signal })) {
      const lines = statusText(found, link).split('\n');
      const fresh = lines.filter((line) => !before.includes(line));
      if (frame) frame(lines.join('\n'));
      else if (fresh.length > 0) print(fresh.join('\n'));
      before = lines;
    }
  });
  return { json: undefined, text: '' };
}

async function list() {
  const { models, backlog } = await withOperator(async (operator, operations) => ({
    models: await operations.listModels(operator),
    backlog: await operations.backlog(operator),
  }));
  if (models.length === 0) return { json: models, text: 'There is no model yet: perennial apply <folder of a plan>' };
  const rows = models.map(({ model, version, outcome }) => [model, version ? `v${version}` : '', outcome ?? '']);
  const lines = backlog.filter(({ waiting }) => waiting > 0).map(waits);
  return { json: models, text: [columns([['MODEL', 'SERVES', 'LAST CYCLE'], ...rows], ''), ...lines].join('\n') };
}

const waits = ({ queue, waiting, oldestSeconds }: Backlog): string =>
  `${waiting} activities wait for a free slot on ${queue}, the oldest for ${span(oldestSeconds * 1_000)}`;
