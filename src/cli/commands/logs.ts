/** `perennial logs`: what a cycle's jobs and what serves say, as one stream. */
import { styleText } from 'node:util';
import { UserError } from '../../errors.ts';
import { readPlace } from '../../operations/log-page.ts';
import { LOG_STAGES, type LogStage } from '../../operations/log-places.ts';
import type { Logs, ToldLine } from '../../operations/logs.ts';
import { instant, wholeNumber } from '../arguments.ts';
import { command } from '../command.ts';
import { follow } from '../follow.ts';
import { MODEL_ARG, modelName, withArchive, withOperator } from '../model.ts';
import { ended } from './cycles.ts';

const MOST = 500;

export const logs = command({
  description: "Show what a cycle's jobs and what serves say of themselves, as one stream in the order of time",
  examples: {
    'logs flight-delays': 'of the last cycle',
    'logs flight-delays --follow': 'as they come',
    'logs flight-delays --cycle 4 --stage train': 'of one stage of one cycle',
  },
  args: {
    model: MODEL_ARG,
    cycle: { type: 'string', valueHint: 'n', description: 'Of this cycle; of the last one when left out' },
    stage: { type: 'string', valueHint: 'stage', description: `Only of this stage: ${LOG_STAGES.join(', ')}` },
    follow: { type: 'boolean', description: 'Show lines as they come, until the cycle has ended' },
    limit: { type: 'string', valueHint: 'n', description: `The last so many lines; ${MOST} when left out` },
    before: {
      type: 'string',
      valueHint: 'instant',
      description: 'Only lines before this instant, or before the place that a page begins with',
    },
  },
  async run({ args, signal, note, print }) {
    const model = await modelName(args.model);
    const asked = {
      model,
      cycle: args.cycle === undefined ? undefined : wholeNumber(args.cycle, '--cycle'),
      stage: args.stage === undefined ? undefined : stageOf(args.stage),
      limit: args.limit === undefined ? MOST : wholeNumber(args.limit, '--limit'),
      before: args.before === undefined ? undefined : placeOf(args.before),
    };
    const operations = await import('../../operations/logs.ts');
    if (!args.follow) {
      const told = await withArchive((archive) => operations.logs(archive, asked));
      return { json: told, text: logsText(told) };
    }
    if (args.json || asked.before)
      throw new UserError('--follow shows lines as they come', `leave out ${args.json ? '--json' : '--before'}`);
    return withArchive((archive) =>
      withOperator(async (operator, verbs) => {
        const { cycle, running } = await operations.logs(archive, { ...asked, limit: 1 });
        let over = !running;
        const watch = { signal, note, show: () => {} };
        const cycleEnds = running
          ? follow(operator, verbs, { model, cycle }, watch).finally(() => {
              over = true;
            })
          : Promise.resolve(undefined);
        // It is looked at when the lines are over; until then nobody else would.
        cycleEnds.catch(() => undefined);
        try {
          for await (const lines of operations.followLogs(archive, { ...asked, cycle, over: () => over, signal }))
            print(lines.map(lineText).join('\n'));
        } catch (error) {
          if (!signal.aborted) throw error;
        }
        const outcome = await cycleEnds;
        if (outcome) note(ended(model, outcome).text);
        return { json: outcome, text: '' };
      }),
    );
  },
});

const placeOf = (word: string): string => (readPlace(word) ? word : instant(word, '--before'));

function stageOf(word: string): LogStage {
  const found = LOG_STAGES.find((stage) => stage === word);
  if (found) return found;
  throw new UserError(`--stage is "${word}"`, `it may be ${LOG_STAGES.join(', ')}`);
}

/** Pure. */
export function logsText({ model, cycle, lines, earlier }: Logs): string {
  if (lines.length === 0) return `cycle ${cycle} of ${model} has said nothing`;
  const more = earlier === undefined ? [] : [`… earlier: perennial logs ${model} --cycle ${cycle} --before ${earlier}`];
  return [...more, ...lines.map(lineText)].join('\n');
}

const lineText = ({ at, job, message }: ToldLine): string =>
  `${styleText('dim', at.slice(11, 23))} ${styleText('cyan', job)} ${message}`;
