/**
 * When a cycle may start. One at a time; a person's wishes first and in order; all automatic ones share one place in
 * the queue, wait for the cooldown after the last cycle, and lapse when the month's budget is spent or when the version
 * that they are about no longer serves.
 */
import type { CycleRequest } from './messages.ts';
import type { Wish, WishAnswer } from './shapes.ts';
import { type ModelState, remember } from './state.ts';

export const QUEUE_MAX = 20;

const isPerson = (wish: { trigger: string }): boolean => wish.trigger === 'person';
const monthOf = (at: string): string => at.slice(0, 7);

export const cyclesThisMonth = (state: ModelState, at: string): number =>
  state.month.name === monthOf(at) ? state.month.cycles : 0;

/** Earliest start of an automatic wish; undefined when it may start at once. */
export function cooledDownAt(state: ModelState): string | undefined {
  const cooldown = state.frozen?.plan.retrain.cooldown ?? 0;
  if (!state.lastEndedAt || cooldown === 0) return undefined;
  return new Date(Date.parse(state.lastEndedAt) + cooldown).toISOString();
}

const budgetSpent = (state: ModelState, at: string): string | undefined => {
  const budget = state.frozen?.plan.retrain.budget?.cyclesPerMonth;
  if (budget === undefined || cyclesThisMonth(state, at) < budget) return undefined;
  return `the budget of ${budget} cycles in ${monthOf(at)} is spent`;
};

/** Takes a wish up, joins it to one that waits, or says why not. */
export function wish(state: ModelState, request: CycleRequest, at: string, about?: number): WishAnswer {
  const { trigger, by, reason, asOf } = request;
  if (isPerson(request)) {
    if (state.queue.filter(isPerson).length >= QUEUE_MAX)
      return refuse(state, request, at, `${QUEUE_MAX} wishes of persons are waiting already`);
    const taken = add(state, { trigger, by, reason, asOf, at });
    const ahead = state.queue.filter(isPerson).length;
    return { accepted: true, wish: taken.id, cycle: state.cycles + ahead };
  }
  const spent = budgetSpent(state, at);
  if (spent) return refuse(state, request, at, spent);
  const waiting = state.queue.find((other) => !isPerson(other));
  if (waiting) return join(state, waiting, request, about);
  const taken = add(state, { trigger, by, reason, asOf, at, about });
  return { accepted: true, wish: taken.id, notBefore: cooledDownAt(state) };
}

/** The wish to start now; undefined when there is none or it must wait. Removes wishes that have lapsed. */
export function nextWish(state: ModelState, at: string): Wish | undefined {
  const person = state.queue.find(isPerson);
  if (person) return person;
  const automatic = state.queue[0];
  if (!automatic) return undefined;
  const lapsed = lapse(state, automatic, at);
  if (lapsed) {
    state.queue = state.queue.filter(({ id }) => id !== automatic.id);
    refuse(state, automatic, at, lapsed);
    return undefined;
  }
  const from = cooledDownAt(state);
  return from && from > at ? undefined : automatic;
}

/** Takes a wish out of the queue and counts its cycle. */
export function start(state: ModelState, chosen: Wish, at: string): number {
  state.queue = state.queue.filter(({ id }) => id !== chosen.id);
  state.month = { name: monthOf(at), cycles: cyclesThisMonth(state, at) + 1 };
  state.cycles += 1;
  const { trigger, by, reason, asOf } = chosen;
  state.current = { cycle: state.cycles, trigger, by, reason, asOf, startedAt: at };
  const facts = { cycle: state.cycles, trigger, asOf, planHash: state.frozen?.hash, joined: chosen.joined };
  remember(state, { at, event: 'cycle started', by, reason, facts });
  return state.cycles;
}

const lapse = (state: ModelState, automatic: Wish, at: string): string | undefined => {
  const serves = state.champion?.kept.version.version;
  if (automatic.about !== undefined && automatic.about !== serves)
    return `it was about version ${automatic.about}, and version ${serves} serves now`;
  return budgetSpent(state, at);
};

function add(state: ModelState, wished: Omit<Wish, 'id' | 'joined'>): Wish {
  state.wishes += 1;
  const taken: Wish = { id: state.wishes, joined: 0, ...wished };
  state.queue.push(taken);
  return taken;
}

function join(state: ModelState, waiting: Wish, request: CycleRequest, about?: number): WishAnswer {
  // A wish that is not about a version (the calendar's) does not lapse with one.
  const joined: Wish = {
    ...waiting,
    joined: waiting.joined + 1,
    about: waiting.about === about ? about : undefined,
    asOf: later(waiting.asOf, request.asOf),
  };
  state.queue = state.queue.map((other) => (other.id === waiting.id ? joined : other));
  const note = `joined wish ${waiting.id} (${waiting.trigger}), which waits already`;
  return { accepted: true, wish: waiting.id, notBefore: cooledDownAt(state), note };
}

function refuse(state: ModelState, request: CycleRequest, at: string, note: string): WishAnswer {
  const facts = { trigger: request.trigger, why: note, asOf: request.asOf };
  remember(state, { at, event: 'wish dismissed', by: request.by, reason: request.reason, facts });
  return { accepted: false, note };
}

const later = (a?: string, b?: string): string | undefined => (a && b ? (a > b ? a : b) : (a ?? b));
