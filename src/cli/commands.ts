/** Every command by name, in the order of a model's life. */
import type { Commands } from './command.ts';
import { backtest } from './commands/backtest.ts';
import { cancel, run } from './commands/cycles.ts';
import { approve, reject, rollback, rollout } from './commands/decisions.ts';
import { monitor } from './commands/monitor.ts';
import { apply, validate } from './commands/plans.ts';
import { predict } from './commands/predict.ts';
import { status } from './commands/status.ts';
import { worker } from './commands/worker.ts';

export const commands: Commands = {
  validate,
  apply,
  run,
  status,
  approve,
  reject,
  rollout,
  rollback,
  cancel,
  predict,
  monitor,
  backtest,
  worker,
};
