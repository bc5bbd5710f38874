/** `perennial sweep`: what carries a model's tag and nothing needs any more. */
import { duration } from '../arguments.ts';
import { command } from '../command.ts';
import { columns } from '../format.ts';
import { BY, MODEL_ARG, modelName, person, withOperator } from '../model.ts';

export const sweep = command({
  description: 'Find what nothing needs any more, and with --delete remove it',
  examples: {
    sweep: 'tell what there is',
    'sweep flight-delays --delete --older-than "30 days"': 'remove it, of one model',
  },
  args: {
    model: {
      ...MODEL_ARG,
      required: false,
      description: 'One model; its name says that it is gone, when it does not live. All when left out',
    },
    delete: { type: 'boolean', description: 'Delete what is found; without it nothing is changed' },
    'older-than': {
      type: 'string',
      valueHint: 'duration',
      default: '30 days',
      description: 'Leave models and data of cycles that ended without a version alone for so long',
    },
    by: BY,
  },
  async run({ args, show }) {
    const model = args.model === undefined ? undefined : await modelName(args.model);
    const remove = args.delete === true;
    const olderThan = duration(args['older-than'], '--older-than', 'give a duration such as 30 days');
    return withOperator(async (operator, operations) => {
      show({ what: `sweeping ${model ?? 'all models'}`, since: Date.now() });
      const swept = await operations.sweep(operator, { model, remove, olderThan, by: person(args.by) });
      return { json: swept, text: sweptText(swept, remove) };
    });
  },
});

type Swept = Awaited<ReturnType<typeof import('../../operations/index.ts').sweep>>;

/** A line a thing with the reason, and what was done. Pure. */
export function sweptText({ found, deleted, unknown }: Swept, remove: boolean): string {
  const rows = found.map(({ kind, name, why, bytes }) => [
    kind,
    name,
    bytes === undefined ? why : `${size(bytes)}; ${why}`,
  ]);
  const done = remove ? `${deleted} of ${found.length} deleted` : 'nothing is deleted; --delete does it';
  const lost = unknown.map(
    (model) => `  ${model} neither lives nor was retired: "perennial sweep ${model}" looks at it`,
  );
  if (found.length === 0) return ['nothing is there that nothing needs', ...lost].join('\n');
  return [`${found.length} found, ${done}`, columns(rows), ...lost].join('\n');
}

const size = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
