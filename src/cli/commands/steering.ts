/** How people hold, steer and end a model: `pause`, `resume`, `promote`, `abort`, `retire`. */
import { UserError } from '../../errors.ts';
import { type Command, command } from '../command.ts';
import { BY, MODEL_ARG, modelName, person, REASON, withOperator } from '../model.ts';

const ARGS = { model: MODEL_ARG, by: BY, reason: REASON } as const;

export const pause = command({
  description: 'Hold a model: no automatic cycle starts and no rollout moves on; it serves and is watched as before',
  examples: {
    'pause flight-delays --reason "source is moved"': 'until `resume`',
  },
  args: ARGS,
  async run({ args }) {
    const model = await modelName(args.model);
    const word = { model, by: person(args.by), reason: args.reason };
    const { queue } = await withOperator((operator, operations) => operations.pause(operator, word));
    const waiting = queue.length ? ` ${queue.length} of its wishes wait.` : '';
    return {
      json: { ...word, paused: true },
      text: `${model} is paused.${waiting} To go on: perennial resume ${model}`,
    };
  },
});

export const resume = command({
  description: 'Let a model go on: ends a pause, a quarantine for bad data, and a breaker that opened',
  examples: {
    'resume flight-delays --reason "data is mended"': 'go on',
  },
  args: ARGS,
  async run({ args }) {
    const model = await modelName(args.model);
    const word = { model, by: person(args.by), reason: args.reason };
    await withOperator((operator, operations) => operations.resume(operator, word));
    return { json: { ...word, paused: false }, text: `${model} goes on.` };
  },
});

const steering = (action: 'promote' | 'abort', description: string, done: string): Command =>
  command({
    description,
    examples: { [`${action} flight-delays --reason "seen enough"`]: 'the rollout that runs' },
    args: ARGS,
    async run({ args }) {
      const model = await modelName(args.model);
      const word = { model, action, by: person(args.by), reason: args.reason };
      await withOperator((operator, operations) => operations.steerRollout(operator, word));
      return { json: word, text: `The rollout of ${model} ${done}.` };
    },
  });

export const promote = steering(
  'promote',
  'Let the rollout that runs go on without waiting; each step is still judged',
  'goes on without waiting',
);
export const abort = steering('abort', 'End the rollout that runs: the champion serves as before', 'is going back');

export const retire = command({
  description: 'End a model: removes endpoint, API, alarms, dashboard and calendars; data and ledger stay',
  examples: {
    'retire flight-delays --yes --reason "replaced"': 'it serves no longer; data and ledger stay',
  },
  args: { ...ARGS, yes: { type: 'boolean', description: 'It is meant: nothing of it serves afterwards' } },
  async run({ args, signal, show }) {
    const model = await modelName(args.model);
    if (!args.yes)
      throw new UserError(
        `${model} would no longer serve: endpoint, API, alarms, dashboard and calendars are removed`,
        `if that is meant: perennial retire ${model} --yes`,
      );
    const word = { model, by: person(args.by), reason: args.reason };
    return withOperator(async (operator, operations) => {
      show({ what: `retiring ${model}`, since: Date.now() });
      const { ledger } = await operations.retire(operator, { ...word, signal }).catch((error) => {
        if (!signal.aborted) throw error;
        throw new UserError(`${model} is retired without you`, `see "perennial status ${model}"`);
      });
      return {
        json: { ...word, retired: true, ledger },
        text: `${model} is retired. Its data and its ledger (${ledger.entries} entries) stay; "perennial apply" begins again.`,
      };
    });
  },
});
