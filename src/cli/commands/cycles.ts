/** Cycles: `run` wishes one, `cancel` stops the one that runs. */
import { UserError } from '../../errors.ts';
import { span } from '../../plan/span.ts';
import type { CycleOutcome } from '../../workflows/shapes.ts';
import { instant, wholeNumber } from '../arguments.ts';
import { command, type Outcome } from '../command.ts';
import { follow } from '../follow.ts';
import { BY, MODEL_ARG, modelName, person, REASON, webUi, withOperator } from '../model.ts';
import { metricsText } from '../status-text.ts';

/** A cycle that ended, but not with a deployment. */
const NOT_DEPLOYED = 3;

export const run = command({
  description: 'Start a cycle: collect, prepare, train, evaluate, deploy, monitor',
  examples: {
    'run flight-delays --wait': 'start a cycle and follow it to its end',
    'run flight-delays --as-of 2001-04-01 --by ada --reason "new airport"':
      'as if it were another day; who and why go to the ledger',
  },
  args: {
    model: MODEL_ARG,
    wait: { type: 'boolean', description: 'Stay until it has ended; exit code 3 when it ended without a deployment' },
    'as-of': { type: 'string', valueHint: 'instant', description: 'Look back from this instant instead of now' },
    by: BY,
    reason: REASON,
  },
  async run({ args, ...watch }) {
    const model = await modelName(args.model);
    const asOf = args['as-of'] === undefined ? undefined : instant(args['as-of'], '--as-of');
    return withOperator(async (operator, operations) => {
      const wish = { model, trigger: 'person', by: person(args.by), reason: args.reason, asOf } as const;
      const answer = await operations.requestCycle(operator, wish);
      const { accepted, cycle, note } = answer;
      if (!accepted || cycle === undefined)
        throw new UserError(note ?? `${model} takes no cycle now`, `see "perennial status ${model}"`);
      const link = (await webUi())({ model, cycle });
      if (!args.wait) return { json: answer, text: wished(model, cycle, link, note) };
      if (note) watch.note(note);
      return ended(model, await follow(operator, operations, { model, cycle }, watch));
    });
  },
});

export const cancel = command({
  description: 'Stop the cycle that runs: its jobs are stopped, what it half made is removed, the champion stays',
  examples: {
    'cancel flight-delays': 'the cycle that runs',
    'cancel flight-delays 7 --reason "wrong data"': 'only if it is this one',
  },
  args: {
    model: MODEL_ARG,
    cycle: { type: 'positional', required: false, description: 'Its number; the one that runs when left out' },
    by: BY,
    reason: REASON,
  },
  async run({ args }) {
    const model = await modelName(args.model);
    const by = person(args.by);
    const wanted = args.cycle === undefined ? undefined : wholeNumber(args.cycle, 'the cycle');
    const cycle = await withOperator((operator, operations) =>
      operations.cancelCycle(operator, { model, cycle: wanted, by, reason: args.reason }),
    );
    return { json: { model, cycle, by }, text: `Cycle ${cycle} of ${model} is asked to stop.` };
  },
});

/** What a cycle came to, for people and for scripts. */
export function ended(model: string, outcome: CycleOutcome): Outcome {
  const took = span(Date.parse(outcome.endedAt) - Date.parse(outcome.startedAt));
  const lines = [
    `Cycle ${outcome.cycle} of ${model}: ${outcome.outcome} after ${took}. ${outcome.reason}`,
    outcome.metrics && `  ${metricsText(outcome.metrics)}`,
    outcome.failure && !outcome.reason.includes(outcome.failure) && `  failure: ${outcome.failure}`,
    outcome.evaluation && `  report: ${outcome.evaluation.report}`,
    ...(outcome.problems ?? []).map((problem) => `  problem: ${problem}`),
  ];
  const exitCode = outcome.outcome === 'deployed' ? 0 : NOT_DEPLOYED;
  return { json: outcome, text: lines.filter(Boolean).join('\n'), exitCode };
}

const wished = (model: string, cycle: number, link?: string, note?: string): string =>
  [
    `Cycle ${cycle} of ${model} is on its way.`,
    note,
    `Follow it: perennial status ${model} --wait`,
    link && `In the Web UI: ${link}`,
  ]
    .filter(Boolean)
    .join('\n');
