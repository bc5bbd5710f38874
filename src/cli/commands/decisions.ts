/** What people decide of versions: `approve`, `reject`, `rollback`. */
import { UserError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';
import { type Command, command } from '../command.ts';
import { BY, MODEL_ARG, modelName, person, REASON, withOperator } from '../model.ts';

const decision = (word: 'approve' | 'reject', description: string, done: string): Command =>
  command({
    description,
    examples: {
      [`${word} flight-delays --reason "looked at the report"`]: 'what waits at this moment',
      [`${word} flight-delays 7`]: 'only if it is this cycle',
    },
    args: {
      model: MODEL_ARG,
      cycle: { type: 'positional', required: false, description: 'Its number; the one that waits when left out' },
      evaluation: {
        type: 'string',
        valueHint: 'sha256',
        description: 'Decide only if this is the evaluation that waits',
      },
      by: BY,
      reason: REASON,
    },
    async run({ args }) {
      const model = await modelName(args.model);
      const given = args.cycle === undefined ? undefined : wholeNumber(args.cycle, 'the cycle');
      return withOperator(async (operator, operations) => {
        const { approval } = await operations.status(operator, { model });
        const cycle = given ?? approval?.cycle;
        if (cycle === undefined)
          throw new UserError(`no cycle of ${model} waits for approval`, `see "perennial status ${model}"`);
        // Bound to what was looked at: a person who names nothing decides on what waits at this moment.
        const evaluation = args.evaluation ?? (approval?.cycle === cycle ? approval.evaluation : undefined);
        const by = person(args.by);
        await operations.decide(operator, { model, cycle, decision: word, by, reason: args.reason, evaluation });
        return {
          json: { model, cycle, decision: word, by, evaluation },
          text: `Cycle ${cycle} of ${model} is ${done} by ${by}.`,
        };
      });
    },
  });

export const approve = decision('approve', 'Let the cycle that waits deploy what it has evaluated', 'approved');
export const reject = decision(
  'reject',
  'Refuse what the cycle that waits has evaluated; the champion stays',
  'rejected',
);

export const rollback = command({
  description: 'Return to a version that is kept; waits until it serves',
  examples: {
    'rollback flight-delays': 'to the version before',
    'rollback flight-delays --to 3 --reason "complaints"': 'to a version that is kept',
  },
  args: {
    model: MODEL_ARG,
    to: {
      type: 'string',
      valueHint: 'version',
      description: 'Its number; the newest before the champion when left out',
    },
    by: BY,
    reason: REASON,
  },
  async run({ args, signal, show }) {
    const model = await modelName(args.model);
    const to = args.to === undefined ? undefined : wholeNumber(args.to.replace(/^v/, ''), '--to');
    return withOperator(async (operator, operations) => {
      const wish = { model, to, by: person(args.by), reason: args.reason ?? 'a person asked for it' };
      const started = await operations.rollback(operator, wish);
      show({ what: `rolling back from v${started.from} to v${started.to}`, since: Date.now() });
      const done = await operations
        .waitForRollback(operator, { model, label: started.label, signal })
        .catch((error) => {
          if (!signal.aborted) throw error;
          throw new UserError(`the rollback to v${started.to} goes on without you`, `see "perennial status ${model}"`);
        });
      const exitCode = done.outcome === 'deployed' ? 0 : 3;
      return {
        json: done,
        text: `Rollback of ${model} from v${done.from} to v${done.to}: ${done.outcome}. ${done.reason}`,
        exitCode,
      };
    });
  },
});
