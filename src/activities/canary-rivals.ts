/** A challenger beside the champion, on the same live requests. */
import { ApplicationFailure } from '@temporalio/common';
import type { Reason } from '../aws/error-names.ts';
import { invoke } from '../aws/invoke.ts';
import type { CapturedRequest } from '../data/capture.ts';
import { disagreement } from '../data/disagreement.ts';
import { parseJson, scoresOf } from '../data/predictions.ts';
import { jsonLine } from '../data/watched-inputs.ts';
import { PROBE, variantName } from '../names.ts';
import type { Plan } from '../plan/schema.ts';
import type { Answered } from './canary-seen.ts';
import { percent, type Said } from './canary-service.ts';
import type { Deps } from './deps.ts';
import type { CanaryVerdict, Version } from './types.ts';

/** Rows that are asked again, unless the plan's `minRows` are more. */
const ROWS_AGAIN = 300;
const AT_ONCE = 4;
/** Asking again ends with this many failures, or after this time: a slow or broken model need not fail on all. */
const MOST_FAILURES = 10;
const MOST_MS = 60_000;

type Disagreed = Said & Pick<CanaryVerdict, 'disagreement'>;
type Pairs = { readonly ours: number[]; readonly theirs: number[]; readonly rows: number };

/** Asks the one of the two that answered less what the other was asked. */
export async function judgeDisagreement(
  runtime: Deps['aws']['runtime'],
  { endpoint, rollout }: { endpoint: string; rollout: Plan['deploy']['rollout'] },
  { challenger, champion }: { challenger: Answered; champion: Answered },
): Promise<Disagreed> {
  const forth = champion.rows >= challenger.rows;
  const [from, to] = forth ? [champion, challenger] : [challenger, champion];
  if (from.rows < rollout.minRows) return tooFew(from.rows, rollout);
  const again = await askAgain(runtime, endpoint, to.version, chosen(from.requests, rollout.minRows));
  const asked = again.failed + again.answers.length;
  if (forth && again.failed > 0 && again.failed / asked > rollout.maxErrorRate)
    return {
      said: `${asked} requests of the champion were asked again`,
      wrong: [
        `it failed on ${again.failed} of ${asked} requests that the champion had answered (${again.problem}), at most ${percent(rollout.maxErrorRate)} may fail`,
      ],
    };
  const pairs: Pairs = {
    ours: [],
    theirs: [],
    rows: again.answers.reduce((sum, { scores }) => sum + scores.length, 0),
  };
  for (const { request, scores } of again.answers) {
    pairs[forth ? 'theirs' : 'ours'].push(...request.scores.flat());
    pairs[forth ? 'ours' : 'theirs'].push(...scores.flat());
  }
  return judgePairs(pairs, rollout, { challenger, champion });
}

/** Both answered the same requests already: answers to equal inputs are held side by side. */
export function judgeShadow(
  rollout: Plan['deploy']['rollout'],
  { challenger, champion }: { challenger: Answered; champion: Answered },
): Disagreed {
  const known = new Map<string, readonly number[]>();
  for (const { instances, scores } of champion.requests)
    for (const [at, instance] of instances.entries()) known.set(jsonLine(instance), scores[at] ?? []);
  const [ours, theirs]: [number[], number[]] = [[], []];
  let rows = 0;
  for (const { instances, scores } of challenger.requests)
    for (const [at, instance] of instances.entries()) {
      const other = known.get(jsonLine(instance));
      if (!other) continue;
      rows++;
      ours.push(...(scores[at] ?? []));
      theirs.push(...other);
    }
  return judgePairs({ ours, theirs, rows }, rollout, { challenger, champion });
}

function judgePairs(
  { ours, theirs, rows }: Pairs,
  rollout: Plan['deploy']['rollout'],
  { challenger, champion }: { challenger: Answered; champion: Answered },
): Disagreed {
  const { minRows, maxDisagreement: limit } = rollout;
  if (rows < minRows) return tooFew(rows, rollout);
  const mean = disagreement(
    { ...challenger.version.facts, values: ours },
    { ...champion.version.facts, values: theirs },
  );
  if (mean === undefined)
    return { said: 'not judged beside the champion, which answers one value to everything', wrong: [] };
  const values = challenger.version.facts.target.problem === 'regression' ? ' standard deviations' : '';
  const said = `on ${rows} equal rows it lies ${mean.toFixed(3)}${values} from the champion`;
  return {
    said,
    wrong: mean > limit ? [`it disagrees with the champion: ${said}, at most ${limit} is allowed`] : [],
    disagreement: { rows, mean, limit },
  };
}

const tooFew = (rows: number, { minRows }: Plan['deploy']['rollout']): Disagreed => ({
  said: `not judged beside the champion: ${rows} of ${minRows} rows`,
  wrong: [],
});

/** Some of the requests, evenly over the step, with about as many rows as are needed. */
function chosen(requests: readonly CapturedRequest[], minRows: number): CapturedRequest[] {
  const rows = requests.reduce((sum, { scores }) => sum + scores.length, 0);
  const share = Math.min(1, Math.max(ROWS_AGAIN, minRows) / rows);
  return requests.filter((_, at) => at === 0 || Math.floor(at * share) !== Math.floor((at - 1) * share));
}

interface Again {
  readonly answers: { readonly request: CapturedRequest; readonly scores: readonly (readonly number[])[] }[];
  failed: number;
  /** The first failure. */
  problem?: string;
}

/** Our own requests, under an id that captures leave out. */
async function askAgain(
  runtime: Deps['aws']['runtime'],
  endpoint: string,
  { version, facts }: Version,
  requests: readonly CapturedRequest[],
): Promise<Again> {
  const again: Again = { answers: [], failed: 0 };
  const until = Date.now() + MOST_MS;
  const where = { endpoint, variant: variantName(version), id: PROBE };
  const ask = async (request: CapturedRequest) => {
    try {
      const answer = parseJson(await invoke(runtime, where, JSON.stringify({ instances: request.instances })));
      const { predictions } = (answer ?? {}) as { predictions?: unknown };
      const scores = Array.isArray(predictions) ? predictions.map((one) => scoresOf(one, facts.target)) : [];
      if (scores.length !== request.scores.length || scores.includes(undefined)) throw noPredictions();
      again.answers.push({ request, scores: scores as number[][] });
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || !isOfModel(error)) throw error;
      again.failed++;
      again.problem ??= error.message;
    }
  };
  for (let at = 0; at < requests.length && again.failed < MOST_FAILURES && Date.now() < until; at += AT_ONCE)
    await Promise.all(requests.slice(at, at + AT_ONCE).map(ask));
  return again;
}

/** The model refused, broke or is down; all else (throttling, the network) is not its fault. */
const isOfModel = ({ type, details }: ApplicationFailure): boolean =>
  type === 'InvalidRequest' || (details?.[0] as { reason?: Reason } | undefined)?.reason === 'service';

const noPredictions = () => ApplicationFailure.nonRetryable('it answered no predictions', 'InvalidRequest');
