/** `perennial report`: an evaluation or monitoring report as a file, or in the browser. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { wholeNumber } from '../arguments.ts';
import { openInBrowser } from '../browser.ts';
import { command } from '../command.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';

export const report = command({
  description: 'Fetch the report of an evaluation, or of a monitoring pass, to a file, or open it',
  examples: {
    'report flight-delays --open': 'the last evaluation, in the browser',
    'report flight-delays --monitor --out monitor.html': 'the last monitoring pass, to a file',
  },
  args: {
    model: MODEL_ARG,
    cycle: { type: 'string', valueHint: 'n', description: 'Of this cycle; the last one with a report when left out' },
    monitor: { type: 'boolean', description: 'The last monitoring report instead' },
    out: {
      type: 'string',
      valueHint: 'file',
      description: 'Where to; beside you, under a name that tells it, when left out',
    },
    open: { type: 'boolean', description: 'Open it in the browser' },
  },
  async run({ args, note }) {
    const model = await modelName(args.model);
    const cycle = args.cycle === undefined ? undefined : wholeNumber(args.cycle, '--cycle');
    if (args.monitor && cycle !== undefined)
      throw new UserError('--monitor and --cycle are two reports', 'ask for one of them');
    const operations = await import('../../operations/report.ts');
    const { html, ...found } = await withArchive((archive) =>
      operations.report(archive, { model, cycle, monitor: args.monitor === true }),
    );
    const name = `${model}-${found.kind === 'evaluation' ? `cycle-${found.cycle}` : found.pass}-${found.kind}.html`;
    const folder = args.open ? await mkdtemp(join(tmpdir(), 'perennial-report-')) : '.';
    const file = args.out ?? join(folder, name);
    await writeFile(file, html).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`${file} cannot be written (${error.code})`, 'name another file: --out <file>');
    });
    if (args.open) await openInBrowser(resolve(file), note);
    return { json: { ...found, file }, text: `${file}: the ${found.kind} report, from ${found.uri}` };
  },
});
