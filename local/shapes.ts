/** What `up`, `down` and `env` print with --json. */
import { z } from 'zod';

const environment = z.record(z.string(), z.string());

export const up = z.object({
  home: z.string(),
  since: z.string(),
  pid: z.int(),
  ui: z.string().optional().describe("Temporal's Web UI."),
  env: environment,
  services: z.array(z.object({ name: z.string(), pid: z.int(), log: z.string() })),
});

export const down = z.object({ home: z.string(), stopped: z.boolean() });

export const env = environment;
