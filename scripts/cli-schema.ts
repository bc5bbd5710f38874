/** docs/cli.schema.json: what `--json` prints, command by command, by the same schemas as the API's answers where it has them. */
import { z } from 'zod';
import * as local from '../local/shapes.ts';
import * as cli from '../src/cli/shapes.ts';
import { initShape } from '../src/init/index.ts';
import { auditShape } from '../src/operations/audit.ts';
import { compareShape } from '../src/operations/compare.ts';
import { diffShape } from '../src/operations/diff.ts';
import { doctorShape } from '../src/operations/doctor/index.ts';
import { explainShape } from '../src/operations/explain.ts';
import { historyShape } from '../src/operations/history.ts';
import { logsShape } from '../src/operations/logs.ts';
import { scoreShape } from '../src/operations/score.ts';
import * as shapes from '../src/operations/shapes/index.ts';

const PRINTED = {
  /** Whatever fails. */
  error: cli.failed,
  init: initShape,
  validate: shapes.validated,
  diff: diffShape,
  apply: shapes.modelStatus,
  status: z.union([shapes.modelStatus, z.array(shapes.modelSummary), shapes.cycleOutcome]),
  run: z.union([shapes.wishAnswer, shapes.cycleOutcome]),
  approve: shapes.decided,
  reject: shapes.decided,
  promote: shapes.steered,
  abort: shapes.steered,
  rollback: cli.rolledBack,
  cancel: shapes.cancelled,
  pause: shapes.held,
  resume: shapes.held,
  predict: shapes.predicted,
  access: cli.access,
  labels: shapes.toldLabels,
  monitor: shapes.monitorResult,
  history: historyShape,
  compare: compareShape,
  explain: explainShape,
  audit: auditShape,
  score: scoreShape,
  report: cli.reported,
  logs: logsShape,
  retire: cli.retired,
  sweep: shapes.swept,
  backtest: z.union([cli.backtested, cli.backtestStopped]),
  doctor: doctorShape,
  versions: z.union([cli.builds, cli.notPromoted]),
  replay: cli.replayed,
  completion: z.union([cli.completed, cli.modelNames]),
  token: cli.tokenMade,
  open: cli.opened,
  up: local.up,
  down: local.down,
  env: local.env,
} as const;

/** They serve until they are ended, and print nothing before. */
export const SERVING = ['api', 'codec-server', 'worker'] as const;

export type Printed = keyof typeof PRINTED;

export const printed = (command: Printed): z.ZodType => PRINTED[command];
export const PRINTING = Object.keys(PRINTED) as readonly Printed[];

/** One document: a property a command, and the shapes that they share. */
export function cliSchemaText(): string {
  const schema = z.toJSONSchema(z.object(PRINTED), {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const { required: _, ...rest } = schema;
  const about = 'What each command prints with --json: the property of its name; `error` when it fails';
  return `${JSON.stringify({ ...rest, title: 'perennial --json', description: about }, null, 2)}\n`;
}
