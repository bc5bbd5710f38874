/** Every command by name, in the order of a model's life. */
import type { Commands } from './command.ts';
import { access } from './commands/access.ts';
import { api, token } from './commands/api.ts';
import { audit } from './commands/audit.ts';
import { backtest } from './commands/backtest.ts';
import { codecServer } from './commands/codec-server.ts';
import { compare } from './commands/compare.ts';
import { completionOf } from './commands/completion.ts';
import { cancel, run } from './commands/cycles.ts';
import { approve, reject, rollback } from './commands/decisions.ts';
import { diff } from './commands/diff.ts';
import { doctor } from './commands/doctor.ts';
import { explain } from './commands/explain.ts';
import { history } from './commands/history.ts';
import { init } from './commands/init.ts';
import { labels } from './commands/labels.ts';
import { logs } from './commands/logs.ts';
import { monitor } from './commands/monitor.ts';
import { open } from './commands/open.ts';
import { apply, validate } from './commands/plans.ts';
import { predict } from './commands/predict.ts';
import { report } from './commands/report.ts';
import { score } from './commands/score.ts';
import { status } from './commands/status.ts';
import { abort, pause, promote, resume, retire } from './commands/steering.ts';
import { sweep } from './commands/sweep.ts';
import { replay, versions } from './commands/versions.ts';
import { worker } from './commands/worker.ts';

export const commands: Commands = {
  init,
  validate,
  diff,
  apply,
  run,
  status,
  logs,
  approve,
  reject,
  promote,
  abort,
  rollback,
  cancel,
  pause,
  resume,
  predict,
  access,
  labels,
  monitor,
  history,
  compare,
  explain,
  audit,
  score,
  report,
  retire,
  sweep,
  backtest,
  doctor,
  completion: completionOf(() => commands),
  worker,
  api,
  token,
  open,
  versions,
  replay,
  'codec-server': codecServer,
};
