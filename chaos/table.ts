/** The result of a run as people read it: kills by component and stage, what was lost, what did not hold. */
import type { Kill } from './killer.ts';
import { stageOf, VICTIMS } from './points.ts';
import type { ChaosResult } from './run.ts';

const STAGES = [
  'plan',
  'collect',
  'prepare',
  'train',
  'evaluate',
  'deploy',
  'monitor',
  'retire',
  'ledger',
  'a call to AWS',
  'any moment',
];

export function report({ kills, rounds, answered, lost, made, left, broken }: ChaosResult): string {
  const seconds = kills.map(({ since, back }) => ((back ?? since) - since) / 1_000).sort((a, b) => a - b);
  return [
    table(kills),
    '',
    `${kills.length} kills in ${rounds} rounds; what was killed served again after ${middle(seconds).toFixed(1)} s (median), ${(seconds.at(-1) ?? 0).toFixed(1)} s at most`,
    `${made} paid things were made, none twice unless told below; ${answered} predictions were answered, ${lost} lost while their own server was dead`,
    `${left.length} ways to break it were not come by`,
    ...(broken.length > 0
      ? ['', `${broken.length} invariants did not hold:`, ...broken.map((line) => `  ${line}`)]
      : ['every invariant held']),
  ].join('\n');
}

function table(kills: readonly Kill[]): string {
  const cell = (text: string | number, width: number) => String(text).padStart(width);
  const count = (of: (kill: Kill) => boolean) => kills.filter(of).length;
  const row = (name: string, numbers: readonly (string | number)[]) =>
    `${name.padEnd(14)}${numbers.map((each) => cell(each, 11)).join('')}`;
  const stages = STAGES.filter((stage) => kills.some(({ at }) => stageOf(at) === stage));
  return [
    row('', [...VICTIMS, 'all']),
    ...stages.map((stage) => {
      const here = (kill: Kill) => stageOf(kill.at) === stage;
      return row(stage, [
        ...VICTIMS.map((victim) => count((kill) => here(kill) && kill.victim === victim)),
        count(here),
      ]);
    }),
    row('all', [...VICTIMS.map((victim) => count((kill) => kill.victim === victim)), kills.length]),
  ].join('\n');
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
