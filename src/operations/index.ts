/** The verbs that people use, on a Temporal client. What a person got wrong is a `UserError` with a hint. */
export { backlog } from './backlog.ts';
export {
  type BacktestNews,
  type BacktestRequest,
  cancelBacktest,
  planInForce,
  startBacktest,
  waitForBacktest,
} from './backtest.ts';
export { type ConnectInput, connect, ensureSearchAttributes, ping } from './connect.ts';
export { type CycleDetails, cycleDetails } from './cycle.ts';
export { type Diff, diff } from './diff.ts';
export { look } from './look.ts';
export {
  applyPlan,
  cancelCycle,
  decide,
  listModels,
  modelHandle,
  requestCycle,
  rollback,
  status,
} from './models.ts';
export { monitorResult, runMonitor, startMonitor } from './monitor.ts';
export { replayRuns } from './replay.ts';
export { answerRequest, type Claim, claimRequest } from './request.ts';
export { ensureSchedules } from './schedules.ts';
export { pause, resume, retire, startRetirement, steerRollout } from './steer.ts';
export { type Swept, sweep } from './sweep.ts';
export type { Backlog, CycleLook, CycleNews, ModelSummary, Operator, PendingActivity } from './types.ts';
export { promoteVersion, versions } from './versions.ts';
export { type WaitInput, waitForCycle, waitForRollback } from './wait.ts';
export { watchModel } from './watch.ts';
