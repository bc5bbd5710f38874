/** Kills by a seed: each target once, where the story comes by it, and now and then at any moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Point, placeOf, type Target, targets, VICTIMS, type Victim } from './points.ts';

export interface Kill extends Point {
  readonly victim: Victim;
  readonly since: number;
  /** When it served again; absent while it does not. */
  back?: number;
}

export interface KillerOptions {
  readonly seed: number;
  /** No more kills than these. */
  readonly kills: number;
  /** Sends SIGKILL; gives whether there was somebody to kill. */
  readonly kill: (victim: Victim) => boolean;
  readonly say?: (kill: Kill) => void;
  /** Between two kills, in milliseconds from the moment when all serve again. */
  readonly pause?: { readonly least: number; readonly most: number };
}

const PAUSE = { least: 300, most: 4_000 } as const;
const ARMED_A_KILL = 3;
/** One of so many kills is not at a boundary. */
const ANY_MOMENT = 5;
const MOMENT_MS = 5_000;

export class Killer {
  readonly kills: Kill[] = [];
  readonly #options: KillerOptions;
  readonly #pause: { readonly least: number; readonly most: number };
  readonly #deal: Draw;
  readonly #random: Draw;
  readonly #all = targets();
  #armed = new Map<string, Target[]>();
  #open = false;
  #enough = false;
  #calmFrom = 0;
  #planned = false;

  constructor(options: KillerOptions) {
    this.#options = options;
    this.#pause = options.pause ?? PAUSE;
    // What is hit depends on the seed alone; moments are drawn as they come.
    this.#deal = drawn(options.seed);
    this.#random = drawn(options.seed + 1);
  }

  /** From now on it kills. Not all targets are armed when few kills are left: they are to be spread over the whole story. */
  begin(): void {
    const wanted = ARMED_A_KILL * (this.#options.kills - this.kills.length);
    if (this.armed.length < Math.min(wanted, this.#all.length / ARMED_A_KILL))
      this.#arm(this.#shuffled(this.#all).slice(0, wanted));
    this.#open = true;
    this.#calmFrom = Date.now() + this.#random(0, this.#pause.most);
  }

  /** It kills no more in this round; what was killed comes back. */
  async end(): Promise<void> {
    this.#open = false;
    while (this.#anyDown()) await sleep(50);
  }

  get done(): boolean {
    return this.#enough || this.kills.length >= this.#options.kills;
  }

  /** The instant of the last kill, in milliseconds; 0 before the first. */
  get lastAt(): number {
    return this.kills.at(-1)?.since ?? 0;
  }

  /** No more kills, whatever was asked for. */
  enough(): void {
    this.#enough = true;
  }

  /** Targets that are hit as soon as the story comes by. */
  get armed(): Target[] {
    return [...this.#armed.values()].flat();
  }

  /** Targets that were never hit. */
  get left(): Target[] {
    const hit = new Set(this.kills.map(({ victim, ...point }) => `${victim} ${placeOf(point)}`));
    return this.#all.filter(({ victim, ...point }) => !hit.has(`${victim} ${placeOf(point)}`));
  }

  /** The story is at a point. Gives who was killed there, if anybody was. */
  at(point: Point): Victim | undefined {
    if (!this.#calm()) return undefined;
    const target = this.#armed.get(placeOf(point))?.shift();
    if (!target) return undefined;
    this.#strike(point, target.victim);
    return target.victim;
  }

  /** It serves again. */
  isBack(victim: Victim): void {
    for (const kill of this.kills) if (kill.victim === victim) kill.back ??= Date.now();
    if (this.#anyDown()) return;
    this.#calmFrom = Date.now() + this.#random(this.#pause.least, this.#pause.most);
    if (!this.#planned && this.#random(1, ANY_MOMENT) === 1) void this.#later();
  }

  async #later(): Promise<void> {
    this.#planned = true;
    const victim = VICTIMS[this.#random(0, VICTIMS.length - 1)] ?? 'worker';
    await sleep(this.#random(0, MOMENT_MS));
    this.#planned = false;
    if (this.#calm()) this.#strike({ at: 'any moment', phase: 'waiting' }, victim);
  }

  #calm(): boolean {
    return this.#open && !this.done && !this.#anyDown() && Date.now() >= this.#calmFrom;
  }

  #anyDown(): boolean {
    return this.kills.some(({ back }) => back === undefined);
  }

  #strike(point: Point, victim: Victim): void {
    if (!this.#options.kill(victim)) return;
    const kill: Kill = { ...point, victim, since: Date.now() };
    this.kills.push(kill);
    this.#options.say?.(kill);
  }

  #arm(list: readonly Target[]): void {
    this.#armed = new Map();
    for (const target of list) {
      const place = placeOf(target);
      this.#armed.set(place, [...(this.#armed.get(place) ?? []), target]);
    }
  }

  #shuffled<T>(list: readonly T[]): T[] {
    const deck = [...list];
    for (let at = deck.length - 1; at > 0; at -= 1) {
      const other = this.#deal(0, at);
      [deck[at], deck[other]] = [deck[other] as T, deck[at] as T];
    }
    return deck;
  }
}

type Draw = (least: number, most: number) => number;

function drawn(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  return (least, most) => uniformInt(generator, least, most);
}
