/** The ML Test Score of a model, computed from what it has left behind, and from what its plan says was tested by hand. */
import { z } from 'zod';
import { ML_TEST_NAMES, ML_TESTS, type MlTest, SECTIONS } from '../plan/ml-tests.ts';
import type { Archive } from './archive.ts';
import { dataJudges } from './score/data.ts';
import { type Evidence, evidenceOf } from './score/evidence.ts';
import { infrastructureJudges } from './score/infrastructure.ts';
import { modelJudges } from './score/model.ts';
import { monitoringJudges } from './score/monitoring.ts';
import type { Judge } from './score/verdict.ts';

const points = z.number().min(0).max(7);

export const scoreShape = z
  .object({
    model: z.string(),
    version: z.number().optional().describe('What serves.'),
    score: points.describe('The least of the four sums: what is not looked after at all is not made up for elsewhere.'),
    meaning: z.string(),
    sections: z.array(
      z.object({
        section: z.enum(SECTIONS),
        points,
        tests: z.array(
          z.object({
            test: z.enum(ML_TEST_NAMES),
            what: z.string(),
            points: z.union([z.literal(0), z.literal(0.5), z.literal(1)]),
            found: z.string().describe('What tells it, or what is lacking.'),
            mend: z.string().optional().describe('How to come by what is lacking.'),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Score' });
export type Score = z.infer<typeof scoreShape>;
export type ScoredTest = Score['sections'][number]['tests'][number];

const JUDGES: Readonly<Record<MlTest, Judge>> = {
  ...dataJudges,
  ...modelJudges,
  ...infrastructureJudges,
  ...monitoringJudges,
};

/** Up to so many points → what that says of a system. */
const MEANINGS: readonly (readonly [number, string])[] = [
  [0, 'a piece of research rather than a system for production'],
  [1, 'tested here and there; there may be serious gaps'],
  [2, 'a first step towards production; more is worth while'],
  [3, 'reasonably tested; more of it can be automated'],
  [5, 'well tested and watched; fit for what matters'],
  [7, 'exceptionally well tested and watched'],
];

export async function score(archive: Archive, { model }: { readonly model: string }): Promise<Score> {
  const evidence = await evidenceOf(archive, model);
  return { model, ...(evidence.champion && { version: evidence.champion.version }), ...scoreOf(evidence) };
}

/** Pure. */
export function scoreOf(evidence: Evidence): Omit<Score, 'model' | 'version'> {
  const sections = SECTIONS.map((section) => {
    const tests = Object.entries<string>(ML_TESTS[section]).map(([test, what]) =>
      judged(evidence, test as MlTest, what),
    );
    return { section, points: tests.reduce((sum, test) => sum + test.points, 0), tests };
  });
  const least = Math.min(...sections.map((section) => section.points));
  const [, meaning = ''] = MEANINGS.find(([most]) => least <= most) ?? [];
  return { score: least, meaning, sections };
}

/** What people tested and wrote down counts half, where nothing more is computed. */
function judged(evidence: Evidence, test: MlTest, what: string): ScoredTest {
  const { judge, mend } = JUDGES[test];
  const { points, found } = judge(evidence);
  const word = evidence.plan.tested?.[test];
  if (points === 0 && word !== undefined) return { test, what, points: 0.5, found: `by hand: ${word}`, mend };
  return { test, what, points, found, ...(points < 1 && { mend }) };
}
