/** `perennial audit`: what served when, who decided, on which data, and whether the ledger that says so is whole. */
import type { Audit } from '../../operations/audit.ts';
import { instant } from '../arguments.ts';
import { command } from '../command.ts';
import { columns, figure, moment } from '../format.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';

const BROKEN = 3;

export const audit = command({
  description: 'Tell what served at an instant, who decided it and on which data, or every entry of the ledger',
  examples: {
    'audit flight-delays': 'every decision, in order',
    'audit flight-delays --at 2001-05-14': 'what served then, who decided it, on which data',
    'audit flight-delays --verify': 'the chain and every object that it names',
  },
  args: {
    model: MODEL_ARG,
    at: { type: 'string', valueHint: 'instant', description: 'The instant; every entry of the ledger when left out' },
    verify: { type: 'boolean', description: 'Read and hash again everything that the ledger names' },
  },
  async run({ args, show }) {
    const model = await modelName(args.model);
    const at = args.at === undefined ? undefined : instant(args.at, '--at');
    const since = Date.now();
    const progress = (detail: string) => show({ what: 'verifying', detail, since });
    const operations = await import('../../operations/audit.ts');
    const found = await withArchive((archive) =>
      operations.audit(archive, { model, at, verify: args.verify === true, progress }),
    );
    return { json: found, text: auditText(found), exitCode: operations.isBroken(found) ? BROKEN : 0 };
  },
});

/** Pure. */
export function auditText(found: Audit): string {
  const { model, chain, objects, entries, at } = found;
  const whole = chain.broken.length === 0 ? 'whole' : 'BROKEN';
  const lines = [`${model}: ${chain.entries} entries, the chain is ${whole} (${chain.head.slice(0, 12)})`];
  lines.push(...chain.broken.map((wrong) => `  broken: ${wrong}`));
  if (objects) {
    const good =
      objects.broken.length === 0 ? 'all as they were written' : `${objects.broken.length} are not as written`;
    lines.push(`  ${figure(objects.objects)} objects looked at, ${figure(objects.bytes)} bytes hashed: ${good}`);
    lines.push(...objects.broken.map((wrong) => `  broken: ${wrong}`));
  }
  if (at !== undefined) lines.push(servedText(found));
  if (entries?.length)
    lines.push(columns(entries.map((one) => [`${one.seq}`, moment(one.at), one.event, one.by, one.reason ?? ''])));
  return lines.join('\n');
}

function servedText({ at = '', served }: Audit): string {
  if (!served) return `  at ${moment(at)} nothing served`;
  const { decided, put, data, canary } = served;
  const said = (word: { by: string; reason?: string }) => `${word.by}${word.reason ? `: ${word.reason}` : ''}`;
  const rows = [
    ['served', `v${served.version} (${served.algorithm}, cycle ${served.cycle})`],
    ['from', `${moment(served.since)}${served.until ? ` to ${moment(served.until)}` : ', and still'}`],
    ['put there', `${said(put)} (entry ${put.seq})`],
    [
      'approved',
      decided ? `${moment(decided.at)} by ${said(decided)} (entry ${decided.seq})` : 'its plan needs no approval',
    ],
    ...(canary
      ? [['beside it', `${canary.version ? `v${canary.version}, ` : ''}cycle ${canary.cycle}: ${canary.step}`]]
      : []),
    ['plan', served.planHash],
    ['model', `${served.artifact} (${served.modelSha256})`],
    ['evaluation', `${served.evaluation.uri} (${served.evaluation.sha256})`],
    ...(served.asOf ? [['looks back from', served.asOf]] : []),
    ...(data?.sources.map((one) => [`data: ${one.source}`, `${figure(one.rows)} rows, ${one.data.uri}`]) ?? []),
    ...(data && data.sources.length === 0 ? [['data', 'its evaluation is older than the telling of snapshots']] : []),
  ];
  return `  at ${moment(at)}\n${columns(rows, '    ')}`;
}
