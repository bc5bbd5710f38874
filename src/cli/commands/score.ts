/** `perennial score`: how well a model is looked after. */
import type { Score, ScoredTest } from '../../operations/score.ts';
import { SECTION_NAMES } from '../../plan/ml-tests.ts';
import { command } from '../command.ts';
import { columns } from '../format.ts';
import { MODEL_ARG, modelName, withArchive } from '../model.ts';

const MARK = { 0: '·', 0.5: '½', 1: '1' } as const;

export const score = command({
  description: 'Compute the ML Test Score: 28 tests of data, model, infrastructure and monitoring, from what there is',
  examples: {
    'score flight-delays': 'what holds, by what evidence, and how to come by the rest',
    'score flight-delays --json': 'the same, for a report of one’s own',
  },
  args: { model: MODEL_ARG },
  async run({ args }) {
    const model = await modelName(args.model);
    const operations = await import('../../operations/score.ts');
    const found = await withArchive((archive) => operations.score(archive, { model }));
    return { json: found, text: scoreText(found) };
  },
});

/** Pure. */
export function scoreText(found: Score): string {
  const serves = found.version === undefined ? 'nothing serves' : `version ${found.version} serves`;
  return [
    `${found.model} (${serves}): ${found.score} of 7, ${found.meaning}`,
    ...found.sections.flatMap(({ section, points, tests }) => [
      `\n${SECTION_NAMES[section]}: ${points} of 7`,
      columns(tests.map(row)),
      ...tests.flatMap(({ test, mend }) => (mend ? [`  → ${test}: ${mend}`] : [])),
    ]),
    '\nThe score is the least of the four.',
  ].join('\n');
}

const row = ({ test, points, found }: ScoredTest): string[] => [MARK[points], test, found];
