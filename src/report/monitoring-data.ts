/** What came, as a monitoring report shows it: input by input, refused requests, and how many there were. */
import type { MonitorDetails } from '../data/monitoring.ts';
import { type Html, html } from './html.ts';
import { percent, whole } from './numbers.ts';
import { badge, section, table } from './page.ts';

export function dataSection({ data, captured, findings, drift }: MonitorDetails): Html {
  const { inputs, unknown, refusals, volume, limits } = data;
  const { expected, requests } = volume;
  const { asked, refused } = data.refused;
  const bad = new Set(findings.filter(({ kind }) => kind === 'data').map(({ subject }) => subject));
  const rows = inputs.map(({ input, missing, mistyped, absent, stuck }) => [
    input,
    percent(missing.baseline),
    percent(missing.current),
    percent(absent),
    percent(mistyped),
    stuck ? `always ${stuck.value.slice(0, 40)}` : 'several',
    bad.has(input)
      ? badge('bad', '✕ bad data')
      : drift.judged
        ? badge('good', '✓ sound')
        : badge('quiet', 'not judged'),
  ]);
  const strange = Object.entries(unknown).map(([field, share]) => `${field.slice(0, 60)} (${percent(share)})`);
  const reasons = Object.entries(refusals).map(([reason, count]) => html`<li>${reason} (${whole(count)})</li>`);
  return section(
    'What came',
    html`<p>${whole(requests)} requests came${expected === undefined ? '' : `; the last passes would have brought ${whole(expected)}`}. ${asked === 0 ? '' : `The model refused ${whole(refused)} of ${whole(asked)} (${percent(refused / asked)}); at most ${percent(limits.refused)} is allowed.`}</p>`,
    html`${reasons.length > 0 && html`<ul>${reasons}</ul>`}`,
    html`${
      rows.length > 0 &&
      table(
        `Inputs of ${whole(captured.rows)} rows: up to ${Number((limits.missing * 100).toFixed(2))} points more may be missing than in training, and ${percent(limits.mistyped)} may be of another type`,
        ['Input', 'Missing in training', 'Missing now', 'Not sent', 'Other type', 'Values', 'State'],
        rows,
        [5, 6],
      )
    }`,
    html`${strange.length > 0 && html`<p class="note">Fields that are no input of this version: ${strange.join(', ')}.</p>`}`,
  );
}
