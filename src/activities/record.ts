/** Govern: the model's ledger. */
import { append } from '../aws/ledger.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';

export const recordActivities = ({ store, log }: Deps): Pick<Activities, 'record'> => ({
  async record({ model, entry, plan }) {
    // First the plan: an entry never names one that is not there.
    if (plan) await store.putTextOnce(keys.plan(model, plan.hash), JSON.stringify(plan), 'application/json');
    const hash = await append(store, model, entry);
    log.info({ model, seq: entry.seq, event: entry.event, by: entry.by, hash }, 'recorded');
    return { hash };
  },
});
