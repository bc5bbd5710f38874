/** A challenger by its answers alone: are they predictions, do they differ, do they lie where its test answers lay? */
import type { Store } from '../aws/store.ts';
import { type Shift, sameAnswer, shiftOf } from '../data/answers.ts';
import type { ValueCounts } from '../data/bins.ts';
import type { Duck } from '../data/duckdb.ts';
import { text } from '../data/sql.ts';
import { PREDICTION, readValueCounts } from '../data/value-counts.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { type Answered, MOST_INPUTS } from './canary-seen.ts';
import { percent, type Said } from './canary-service.ts';
import type { CanaryVerdict } from './types.ts';

/** A shift that may be chance is none. */
const CHANCE = 0.01;
/** One-sided 95 %. */
const SURE = 1.645;

type Rollout = Plan['deploy']['rollout'];

/**
 * What the champion's answers moved from its own test part in the same time is what the inputs moved: only what the
 * challenger's moved beyond that speaks against it. `lastShift` is the champion's where it answers too little now.
 */
export async function judgeAnswers(
  { store, duck }: { store: Store; duck: Duck },
  { minRows, maxShift, maxErrorRate }: Rollout,
  { challenger, champion, lastShift }: { challenger: Answered; champion?: Answered; lastShift?: number },
): Promise<Said & Pick<CanaryVerdict, 'shift'>> {
  const broken = brokenAnswers(challenger, { minRows, maxErrorRate });
  if (broken) return { said: `${challenger.rows} rows`, wrong: [broken] };
  if (challenger.rows < minRows)
    return { said: `not judged by its answers: ${challenger.rows} of ${minRows} rows`, wrong: [] };
  const test = await testAnswers(store, duck, challenger);
  const same = sameAnswer(test, challenger.scores, challenger.inputs);
  if (same !== undefined)
    return {
      said: `${challenger.rows} rows`,
      wrong: [
        `it answers ${same} to everything, to ${challenger.inputs} different inputs, and did not on its test part`,
      ],
    };
  // The same few rows again and again tell nothing of a distribution.
  const different = Math.min(minRows, MOST_INPUTS);
  if (challenger.inputs < different)
    return { said: `not judged by its answers: ${challenger.inputs} of ${different} different inputs`, wrong: [] };
  const moved = shiftOf(test, challenger.scores);
  const theirs: Pick<Shift, 'psi' | 'error'> | undefined =
    champion && champion.rows >= minRows && champion.inputs >= different
      ? shiftOf(await testAnswers(store, duck, champion), champion.scores)
      : lastShift === undefined
        ? undefined
        : { psi: lastShift, error: 0 };
  const beyond = moved.psi - (theirs?.psi ?? 0);
  const sure = moved.p < CHANCE && beyond > SURE * Math.hypot(moved.error, theirs?.error ?? 0);
  const said = `its answers on ${moved.rows} rows moved by PSI ${moved.psi.toFixed(3)}${theirs ? `, the champion's by ${theirs.psi.toFixed(3)}` : ''}`;
  return {
    said,
    wrong:
      beyond > maxShift && sure
        ? [
            `its answers lie elsewhere than on its test part: ${said}; at most ${maxShift} beyond the champion's is allowed`,
          ]
        : [],
    shift: {
      ...{ rows: moved.rows, psi: moved.psi, p: moved.p, limit: maxShift },
      ...(theirs && { champion: theirs.psi }),
    },
  };
}

/** What came back as an answer and is no prediction. */
function brokenAnswers(
  { rows, unreadable, asked }: Answered,
  { minRows, maxErrorRate }: Pick<Rollout, 'minRows' | 'maxErrorRate'>,
): string | undefined {
  const all = unreadable + asked;
  if (unreadable === 0 || unreadable + rows < minRows || unreadable / all <= maxErrorRate) return undefined;
  return `${unreadable} of ${all} answers are no predictions (${percent(unreadable / all)}), at most ${percent(maxErrorRate)} may be so`;
}

async function testAnswers(store: Store, duck: Duck, { version }: Answered): Promise<ValueCounts> {
  const path = duck.path(`test-${version.version}.parquet`);
  await store.getFile(version.predictions, path);
  const counts = await readValueCounts(duck, `SELECT * FROM read_parquet(${text(path)})`);
  const found = counts.get(PREDICTION);
  if (!found) throw permanent('RolloutFailed', `${version.predictions.uri} holds no counts of "${PREDICTION}"`);
  return found;
}
