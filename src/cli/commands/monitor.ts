/** `perennial monitor`: one monitoring pass now. */
import { instant } from '../arguments.ts';
import { command } from '../command.ts';
import { BY, MODEL_ARG, modelName, person, withOperator } from '../model.ts';
import { monitorText } from '../status-text.ts';

export const monitor = command({
  description:
    'Look at drift, quality and service now instead of at the next time of the calendar; waits for the report',
  examples: {
    'monitor flight-delays': 'now',
    'monitor flight-delays --as-of 2001-05-14': 'as if it were another day',
  },
  args: {
    model: MODEL_ARG,
    'as-of': {
      type: 'string',
      valueHint: 'instant',
      description: 'What a cycle that follows looks back from; now when left out',
    },
    by: BY,
  },
  async run({ args, show }) {
    const model = await modelName(args.model);
    const asOf = args['as-of'] === undefined ? undefined : instant(args['as-of'], '--as-of');
    return withOperator(async (operator, operations) => {
      show({ what: `monitoring ${model}`, since: Date.now() });
      const result = await operations.runMonitor(operator, { model, asOf, by: person(args.by) });
      const { report, note } = result;
      if (!report) return { json: result, text: `${model}: ${note ?? 'there was nothing to look at'}` };
      const text = [
        `${model}, v${report.version}: ${monitorText({ ...report, report: report.report.uri })}`,
        `  report: ${report.report.uri}`,
      ];
      return { json: result, text: text.join('\n') };
    });
  },
});
