/** docs/cli.schema.json: what `--json` prints, command by command, by the same schemas as the API's answers. */
import { z } from 'zod';
import * as shapes from '../src/operations/shapes/index.ts';

/** Commands whose answers the API gives, too; docs/cli.md has the others. */
const PRINTED = {
  validate: shapes.validated,
  apply: shapes.modelStatus,
  status: z.union([shapes.modelStatus, z.array(shapes.modelSummary)]),
  run: z.union([shapes.wishAnswer, shapes.cycleOutcome]),
  approve: shapes.decided,
  reject: shapes.decided,
  promote: shapes.steered,
  abort: shapes.steered,
  cancel: shapes.cancelled,
  pause: shapes.held,
  resume: shapes.held,
  predict: shapes.predicted,
  labels: shapes.toldLabels,
  monitor: shapes.monitorResult,
  sweep: shapes.swept,
} as const;

export type Printed = keyof typeof PRINTED;

export const printed = (command: Printed): z.ZodType => PRINTED[command];

/** One document: a property a command, and the shapes that they share. */
export function cliSchemaText(): string {
  const schema = z.toJSONSchema(z.object(PRINTED), {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const { required: _, ...rest } = schema;
  const about = 'What each command prints with --json: the property of its name';
  return `${JSON.stringify({ ...rest, title: 'perennial --json', description: about }, null, 2)}\n`;
}
