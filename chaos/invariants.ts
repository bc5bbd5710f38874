/** What must hold after all that was killed: held against the same story in peace, a line for each thing that does not. */
import type { Lost } from './caller.ts';
import type { Kill } from './killer.ts';
import type { Told } from './story.ts';
import type { World } from './world.ts';

export interface Life {
  readonly told: Told;
  readonly world: World;
}

/** Where a life under fire differs from one in peace. */
export function differences(peace: Life, fire: Life): string[] {
  const { model } = fire.told;
  const of = (what: string, lines: string[]) => lines.map((line) => `${model}: ${what}: ${line}`);
  const outcomes = ({ told }: Life) => [
    ...told.outcomes.map(({ cycle, outcome, version }) => `cycle ${cycle} ${outcome} as version ${version}`),
    `champion ${told.champion}`,
  ];
  const files = ({ world }: Life) => Object.entries(world.artifacts).map(([path, sha256]) => `${path} ${sha256}`);
  return [
    ...of('outcome', unlike(outcomes(peace), outcomes(fire))),
    ...of('in AWS', unlike(peace.world.things, fire.world.things)),
    ...of('artifact', unlike(files(peace), files(fire))),
    ...of('ledger', unlike(peace.world.ledger, fire.world.ledger)),
    ...of('ledger', [...fire.world.broken]),
  ];
}

/** Lines that only one of the two has, as often as it has them more. */
function unlike(expected: readonly string[], found: readonly string[]): string[] {
  const left = [...found];
  const missing = expected.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((line) => `missing: ${line}`), ...left.map((line) => `too much: ${line}`)];
}

/** A server that was killed may lose what it was asked until its containers answer again, within this time. */
const BACK_WITHIN_MS = 15_000;

/** Requests that were lost though the server that serves them was there from when they were sent. */
export const lostInPeace = (endpoint: string, lost: readonly Lost[], kills: readonly Kill[]): string[] =>
  lost
    .filter(
      ({ at, until }) =>
        !kills.some(
          ({ victim, since, back = since }) => victim === 'sagemaker' && until >= since && at <= back + BACK_WITHIN_MS,
        ),
    )
    .map(({ at, why }) => `${endpoint}: a request was lost at ${new Date(at).toISOString()}: ${why}`);
