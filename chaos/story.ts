/** What chaos breaks: the life of one model, asked for as a person would, and again where nobody answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyPlan,
  listModels,
  type Operator,
  requestCycle,
  retire,
  rollback,
  runMonitor,
  status,
  waitForCycle,
  waitForRollback,
} from '../src/operations/index.ts';
import { patiently } from '../src/operations/wait.ts';
import { loadPlan } from '../src/plan/load.ts';
import type { CycleOutcome, ModelStatus } from '../src/workflows/messages.ts';
import { INSTANTS } from './small-model.ts';

const BY = 'chaos';
const LOOK_MS = 250;

export interface Told {
  readonly model: string;
  /** How each cycle ended, in order. */
  readonly outcomes: readonly Pick<CycleOutcome, 'cycle' | 'outcome' | 'version'>[];
  readonly champion?: number;
}

export interface StoryOptions {
  readonly operator: Operator;
  readonly model: string;
  readonly folder: string;
  /** The endpoint serves, and goes on serving until the story has ended. */
  readonly live: () => void;
  /** Aborts when the story comes to no end. */
  readonly signal: AbortSignal;
}

/** Two cycles, a monitoring pass and a rollback. Throws when it comes to no end. */
export async function play({ operator, model, folder, live, signal }: StoryOptions): Promise<Told> {
  const frozen = await loadPlan(folder);
  const look = () => patiently(() => status(operator, { model }), signal);
  await patiently(() => applyPlan(operator, { frozen, by: BY }), signal);
  for (const [before, asOf] of INSTANTS.entries()) {
    const cycle = before + 1;
    await patiently(async () => {
      if (!wished(await status(operator, { model }), cycle))
        await requestCycle(operator, { model, trigger: 'person', by: BY, asOf });
    }, signal);
    for await (const news of waitForCycle(operator, { model, cycle, every: 500, signal }))
      if (news.kind === 'ended' && cycle === 1) live();
  }
  await patiently(() => runMonitor(operator, { model, by: BY }), signal);
  const champion = (await look()).champion?.version;
  await patiently(async () => {
    const found = await status(operator, { model });
    if (found.champion?.version === champion && !found.rollback)
      await rollback(operator, { model, by: BY, reason: 'the story says so' });
  }, signal);
  const asked = (await look()).lastRollback ?? (await look()).rollback;
  if (!asked) throw new Error(`${model}: no rollback is known`);
  await waitForRollback(operator, { model, label: asked.label, every: 500, signal });
  const ended = await settled(look, signal);
  return {
    model,
    outcomes: ended.outcomes.map(({ cycle, outcome, version }) => ({ cycle, outcome, version })),
    champion: ended.champion?.version,
  };
}

/** The ledger is written behind the model's back: it has ended when nothing waits to be written. */
async function settled(look: () => Promise<ModelStatus>, signal: AbortSignal): Promise<ModelStatus> {
  for (;;) {
    const found = await look();
    if (found.ledger.pending === 0 && !found.current && !found.rollback) return found;
    await sleep(LOOK_MS, undefined, { signal });
  }
}

const wished = (found: ModelStatus, cycle: number): boolean =>
  found.cycles >= cycle || found.current?.cycle === cycle || found.queue.length > 0;

/** Retires the model; asked again where nobody answered, which may be after it was done. */
export async function putAway(operator: Operator, model: string, signal: AbortSignal): Promise<void> {
  await patiently(async () => {
    const found = (await listModels(operator)).some((one) => one.model === model);
    if (found) await retire(operator, { model, by: BY, every: LOOK_MS, signal });
  }, signal);
}
