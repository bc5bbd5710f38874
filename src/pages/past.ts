/** All that became of a model: cycles, contests, drift, alarms, cost, ML Test Score, ledger. */
import type { FrozenPlan } from '../activities/types.ts';
import type { Places } from '../api/types.ts';
import { type Html, html } from '../report/html.ts';
import { section } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { alarmsPart } from './alarms.ts';
import { contestsPart } from './contests.ts';
import { costPart } from './cost.ts';
import { cyclesPart } from './cycles.ts';
import { driftPart } from './drift.ts';
import { elsewherePart } from './elsewhere.ts';
import { ledgerPart } from './ledger.ts';
import { foundIn, type Past, type Tried } from './read.ts';
import { scorePart } from './score.ts';

export interface Told {
  readonly status: ModelStatus;
  readonly past: Past;
  readonly plan: Tried<FrozenPlan>;
  readonly places?: Places;
}

export async function pastPart({ status, past, plan, places }: Told): Promise<Html> {
  const { model } = status;
  const { history, contests, passes, alarms, audit, score } = past;
  // Charts are drawn one after the other: they share one thread with all who ask.
  const contested = await shown('Champion against challengers', contests, contestsPart);
  const drifted = await shown('Drift', passes, driftPart);
  return html`${await shown('Cycles', history, (found) => cyclesPart(model, found))}
${contested}
${drifted}
${await shown('Alarms', alarms, (found) => alarmsPart(found, status))}
${await shown('Cost', history, (found) => costPart(found, status, foundIn(plan)?.plan))}
${await shown('ML Test Score', score, scorePart)}
${await shown('Ledger', audit, (found) => ledgerPart(model, found))}
${elsewherePart(status, places)}`;
}

/** What could not be read is said where it would stand. */
const shown = async <T>(heading: string, one: Tried<T>, show: (found: T) => Html | Promise<Html>): Promise<Html> =>
  'found' in one ? show(one.found) : section(heading, html`<p>${one.why}</p>`);
