/** The ML Test Score of a model: the sum of each section, and test by test what tells it. */
import type { Score, ScoredTest } from '../operations/score.ts';
import { SECTION_NAMES } from '../plan/ml-tests.ts';
import { type Html, html } from '../report/html.ts';
import { fold, section, table } from '../report/page.ts';

const MARK = { 0: 'no', 0.5: 'half', 1: 'yes' } as const;

export function scorePart({ score, meaning, sections }: Score): Html {
  const sums = sections.map((one) => [SECTION_NAMES[one.section], `${one.points} of 7`]);
  return section(
    'ML Test Score',
    html`<p><strong>${score} of 7</strong>: ${meaning}. It is the least of four sums, of seven tests each.</p>`,
    table('The four sums', ['Section', 'Points'], sums, [1]),
    ...sections.map((one) =>
      fold(
        `${SECTION_NAMES[one.section]}, test by test`,
        table(SECTION_NAMES[one.section], ['Test', 'Holds', 'What tells it'], one.tests.map(row), [1, 2]),
      ),
    ),
  );
}

const row = ({ what, points, found, mend }: ScoredTest) => [
  what,
  MARK[points],
  html`${found}${mend !== undefined && html`<br><small>${mend}</small>`}`,
];
