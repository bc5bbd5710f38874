/** `perennial doctor`: what is wrong with machine, settings, Temporal, account and plan, and what mends it. */
import { styleText } from 'node:util';
import type { Check, Doctor } from '../../operations/doctor/index.ts';
import { loadPlan } from '../../plan/load.ts';
import { type Command, command } from '../command.ts';

/** `more` gives checks of what runs beside. */
export const doctorWith = (more: () => readonly Check[]): Command =>
  command({
    description: 'Look at machine, settings, Temporal, AWS account (and a plan): what is wrong, and what mends it',
    examples: {
      doctor: 'all that models need',
      'doctor plans/flight-delays': 'and what this plan needs',
    },
    args: { plan: { type: 'positional', required: false, description: 'A folder with plan.yaml: what it needs, too' } },
    async run({ args, show, signal }) {
      const frozen = args.plan === undefined ? undefined : await loadPlan(args.plan);
      const { doctor } = await import('../../operations/doctor/index.ts');
      show({ what: 'looking', since: Date.now() });
      const found = await doctor({ plan: frozen?.plan, more: more(), signal });
      return { json: found, text: doctorText(found), exitCode: found.wrong > 0 ? 2 : 0 };
    },
  });

export const doctor = doctorWith(() => []);

const MARKS = {
  ok: styleText('green', '✓'),
  warning: styleText('yellow', '!'),
  wrong: styleText('red', '✗'),
} as const;

/** A line a finding, in the order of their areas. */
export function doctorText({ findings, wrong, warnings }: Doctor): string {
  const lines = findings.map(
    ({ area, state, found, mend }) => `${MARKS[state]} ${area.padEnd(9)} ${found}${mend ? `; ${mend}` : ''}`,
  );
  const told = [`${wrong} wrong`, `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`].join(', ');
  return [...lines, wrong + warnings === 0 ? 'Everything is as it should be.' : told].join('\n');
}
