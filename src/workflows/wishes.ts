/**
 * When a cycle may start. One at a time; a person's wishes first and in order. All automatic ones share one place in the
 * queue: they wait for others to join them and for the cooldown after the last cycle, and lapse when the month's budget is
 * spent, when something stands in the way, or when the version that they are about no longer serves. A wish that looks
 * back no further than the cycle that runs is served by it; a finding that looks back from the very instant of the last cycle was.
 */
import type { CycleRequest } from './messages.ts';
import type { Wish, WishAnswer } from './shapes.ts';
import { type ModelState, remember } from './state.ts';
import { stopped } from './stops.ts';

export const QUEUE_MAX = 20;
const JOINED_KEPT = 20;

const isPerson = (wish: { trigger: string }): boolean => wish.trigger === 'person';
export const monthOf = (at: string): string => at.slice(0, 7);

export const cyclesThisMonth = ({ month }: ModelState, at: string): number =>
  month.name === monthOf(at) ? month.cycles : 0;

export const usdThisMonth = ({ month }: ModelState, at: string): number => (month.name === monthOf(at) ? month.usd : 0);

/** What an automatic cycle may cost; undefined when the plan sets no limit. */
export function usdLeft(state: ModelState, at: string): number | undefined {
  const budget = state.frozen?.plan.retrain.budget?.usdPerMonth;
  return budget === undefined ? undefined : Math.max(0, budget - usdThisMonth(state, at));
}

/** Earliest start of an automatic wish. */
export function notBefore(state: ModelState, wished: { at: string }): string {
  const { cooldown, debounce } = state.frozen?.plan.retrain ?? { cooldown: 0, debounce: 0 };
  const joined = Date.parse(wished.at) + debounce;
  const cooled = state.lastEndedAt ? Date.parse(state.lastEndedAt) + cooldown : 0;
  return new Date(Math.max(joined, cooled)).toISOString();
}

function budgetSpent(state: ModelState, at: string): string | undefined {
  const budget = state.frozen?.plan.retrain.budget;
  const [cycles, usd] = [cyclesThisMonth(state, at), usdThisMonth(state, at)];
  if (budget?.cyclesPerMonth !== undefined && cycles >= budget.cyclesPerMonth)
    return `the budget of ${budget.cyclesPerMonth} cycles in ${monthOf(at)} is spent`;
  if (budget?.usdPerMonth !== undefined && usd >= budget.usdPerMonth)
    return `the budget of ${budget.usdPerMonth} USD in ${monthOf(at)} is spent (${usd.toFixed(2)})`;
  return undefined;
}

/** Takes a wish up, joins it to one that waits or to the cycle that runs, or says why not. */
export function wish(state: ModelState, request: CycleRequest, at: string, about?: number): WishAnswer {
  const { trigger, by, reason, asOf } = request;
  if (isPerson(request)) {
    if (state.queue.filter(isPerson).length >= QUEUE_MAX)
      return dismiss(state, request, at, `${QUEUE_MAX} wishes of persons are waiting already`);
    const taken = add(state, { trigger, by, reason, asOf, at });
    const ahead = state.queue.filter(isPerson).length;
    return { accepted: true, wish: taken.id, cycle: state.cycles + ahead };
  }
  const refused = stopped(state, trigger) ?? late(state, request) ?? budgetSpent(state, at);
  if (refused) return dismiss(state, request, at, refused);
  const served = serve(state, asOf ?? at);
  if (served) return served;
  const waiting = state.queue.find((other) => !isPerson(other));
  if (waiting) return join(state, waiting, request, about);
  const taken = add(state, { trigger, by, reason, asOf, at, about });
  return { accepted: true, wish: taken.id, notBefore: notBefore(state, taken) };
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
    dismiss(state, automatic, at, lapsed, automatic.id);
    return undefined;
  }
  return state.paused || notBefore(state, automatic) > at ? undefined : automatic;
}

/** Takes a wish out of the queue and counts its cycle. */
export function start(state: ModelState, chosen: Wish, at: string): number {
  state.queue = state.queue.filter(({ id }) => id !== chosen.id);
  state.month = { name: monthOf(at), cycles: cyclesThisMonth(state, at) + 1, usd: usdThisMonth(state, at) };
  state.cycles += 1;
  const { id, trigger, by, reason, asOf, joined, joinedBy } = chosen;
  if (trigger === 'drift' || trigger === 'quality') {
    state.attempts += 1;
    state.tried = trigger;
  }
  state.current = { cycle: state.cycles, trigger, by, reason, asOf, startedAt: at, joined: 0 };
  const facts = { cycle: state.cycles, wish: id, trigger, asOf, planHash: state.frozen?.hash, joined, joinedBy };
  remember(state, { at, event: 'cycle started', by, reason, facts });
  return state.cycles;
}

const lapse = (state: ModelState, automatic: Wish, at: string): string | undefined => {
  const serves = state.champion?.kept.version.version;
  if (automatic.about !== undefined && automatic.about !== serves)
    return `it was about version ${automatic.about}, and version ${serves} serves now`;
  return stopped(state, automatic.trigger) ?? budgetSpent(state, at);
};

function add(state: ModelState, wished: Omit<Wish, 'id' | 'joined'>): Wish {
  state.wishes += 1;
  const taken: Wish = { id: state.wishes, joined: 0, ...wished };
  state.queue.push(taken);
  const { at, by, reason, trigger, asOf, about } = wished;
  remember(state, { at, event: 'cycle wished', by, reason, facts: { wish: taken.id, trigger, asOf, about } });
  return taken;
}

/** The cycle that runs sees all that the wish is about. */
function serve({ current }: ModelState, asOf: string): WishAnswer | undefined {
  if (!current || asOf > (current.asOf ?? current.startedAt)) return undefined;
  current.joined += 1;
  const note = `cycle ${current.cycle}, which runs, looks back from ${current.asOf ?? current.startedAt}`;
  return { accepted: true, cycle: current.cycle, note };
}

/** A finding that comes again, though a cycle has looked back from its instant. */
function late({ outcomes: [last] }: ModelState, { trigger, asOf }: CycleRequest): string | undefined {
  if (trigger === 'schedule' || !asOf || asOf !== last?.asOf) return undefined;
  if (last.outcome === 'failed' || last.outcome === 'cancelled') return undefined;
  return `cycle ${last.cycle} looked back from ${last.asOf} already`;
}

function join(state: ModelState, waiting: Wish, request: CycleRequest, about?: number): WishAnswer {
  const said = `${request.trigger}, ${request.by}${request.reason ? `: ${request.reason}` : ''}`;
  // A wish that is not about a version (the calendar's) does not lapse with one.
  const joined: Wish = {
    ...waiting,
    joined: waiting.joined + 1,
    joinedBy: [...(waiting.joinedBy ?? []), said].slice(0, JOINED_KEPT),
    about: waiting.about === about ? about : undefined,
    asOf: later(waiting.asOf, request.asOf),
  };
  state.queue = state.queue.map((other) => (other.id === waiting.id ? joined : other));
  const note = `joined wish ${waiting.id} (${waiting.trigger}), which waits already`;
  return { accepted: true, wish: waiting.id, notBefore: notBefore(state, waiting), note };
}

function dismiss(state: ModelState, request: CycleRequest, at: string, note: string, id?: number): WishAnswer {
  const facts = { wish: id, trigger: request.trigger, why: note, asOf: request.asOf };
  remember(state, { at, event: 'wish dismissed', by: request.by, reason: request.reason, facts });
  return { accepted: false, note };
}

const later = (a?: string, b?: string): string | undefined => (a && b ? (a > b ? a : b) : (a ?? b));
