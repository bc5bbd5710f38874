/** All activities, made from what they are given. */
import { apiActivities } from './api.ts';
import { appearing } from './appearing.ts';
import { backtestActivities } from './backtest.ts';
import { canaryActivities } from './canary.ts';
import { catalogActivities } from './catalog.ts';
import { collectActivities } from './collect.ts';
import { deployActivities } from './deploy.ts';
import type { Deps } from './deps.ts';
import { evaluateActivities } from './evaluate.ts';
import { inspectActivities } from './inspect.ts';
import type { Activities } from './interface.ts';
import { jobActivities } from './jobs.ts';
import { judgeActivities } from './judge.ts';
import { notifyActivities } from './notify.ts';
import { observabilityActivities } from './observability.ts';
import { planActivities } from './plan.ts';
import { prepareActivities } from './prepare.ts';
import { recallActivities } from './recall.ts';
import { recordActivities } from './record.ts';
import { registerActivities } from './register.ts';
import { removeActivities } from './remove.ts';
import { retireActivities } from './retire.ts';
import { skewActivities } from './skew.ts';
import { sweepActivities } from './sweep.ts';
import { trainActivities } from './train.ts';

/** Nothing connects before an activity runs. */
export const createActivities = (deps: Deps): Activities =>
  appearing({
    ...planActivities(deps),
    ...collectActivities(deps),
    ...catalogActivities(deps),
    ...prepareActivities(deps),
    ...trainActivities(deps),
    ...jobActivities(deps),
    ...evaluateActivities(deps),
    ...judgeActivities(deps),
    ...registerActivities(deps),
    ...deployActivities(deps),
    ...canaryActivities(deps),
    ...retireActivities(deps),
    ...removeActivities(deps),
    ...apiActivities(deps),
    ...observabilityActivities(deps),
    ...inspectActivities(deps),
    ...skewActivities(deps),
    ...sweepActivities(deps),
    ...notifyActivities(deps),
    ...backtestActivities(deps),
    ...recordActivities(deps),
    ...recallActivities(deps),
  });
