/** Plans: `validate` looks at one, `apply` puts it in force. */
import { loadPlan } from '../../plan/load.ts';
import { command } from '../command.ts';
import { moment } from '../format.ts';
import { BY, person, REASON, withOperator } from '../model.ts';

const PLAN = { type: 'positional', required: true, description: 'The folder that holds plan.yaml' } as const;

export const validate = command({
  description: 'Check a plan and say everything that is wrong with it; starts nothing',
  examples: {
    'validate plans/flight-delays': 'a folder with plan.yaml',
  },
  args: { plan: PLAN },
  async run({ args }) {
    const { plan, hash } = await loadPlan(args.plan);
    const json = { model: plan.model, hash, valid: true };
    return { json, text: `${plan.model}: the plan is valid (${hash.slice(0, 12)})` };
  },
});

export const apply = command({
  description: 'Put a plan in force: the model is made or gets the plan, and its calendars are set',
  examples: {
    'apply plans/flight-delays --reason "new gate"': 'who applies it is the user of this machine',
  },
  args: { plan: PLAN, by: BY, reason: REASON },
  async run({ args }) {
    const frozen = await loadPlan(args.plan);
    const { model } = frozen.plan;
    const status = await withOperator(async (operator, operations) => {
      await operations.applyPlan(operator, { frozen, by: person(args.by), reason: args.reason });
      return operations.status(operator, { model });
    });
    const next = status.nextRuns?.retrain
      ? ` The calendar retrains it next at ${moment(status.nextRuns.retrain)}.`
      : '';
    const start = status.champion || status.current ? '' : `\nStart its first cycle: perennial run ${model} --wait`;
    return { json: status, text: `${model}: plan ${frozen.hash.slice(0, 12)} is in force.${next}${start}` };
  },
});
