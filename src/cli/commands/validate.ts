/** `perennial validate <folder>`: whether a plan is usable, with everything that is wrong with it. */
import { loadPlan } from '../../plan/load.ts';
import { command } from '../command.ts';

export const validate = command({
  description: 'Check a plan and say everything that is wrong with it; starts nothing',
  args: { plan: { type: 'positional', required: true, description: 'The folder that holds plan.yaml' } },
  async run({ args }) {
    const { plan, hash } = await loadPlan(args.plan);
    return {
      json: { model: plan.model, hash, valid: true },
      text: `${plan.model}: the plan is valid (${hash.slice(0, 12)})`,
    };
  },
});
