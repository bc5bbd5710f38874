/** Reports as they lie in the bucket, each in a box of its own: what is in them can reach nothing of these pages. */
import { z } from 'zod';
import { ApiProblem } from '../api/problem.ts';
import { cycle, model } from '../api/requests.ts';
import type { Api, Deps } from '../api/types.ts';
import type { Views } from '../operations/views.ts';
import { sendReport } from './send.ts';

export const reportPages =
  ({ views }: Deps) =>
  async (api: Api) => {
    const config = { role: 'viewer', session: true } as const;

    api.get(
      '/models/:model/cycles/:cycle/report',
      { config, schema: { params: z.object({ model, cycle }) } },
      async ({ params }, reply) => {
        const asked = { model: params.model, cycle: Number(params.cycle) };
        return sendReport(reply, (await needed(views).report(asked)).html);
      },
    );

    api.get(
      '/models/:model/monitoring',
      { config, schema: { params: z.object({ model }) } },
      async ({ params }, reply) =>
        sendReport(reply, (await needed(views).report({ model: params.model, monitor: true })).html),
    );
  };

export function needed(views: Views | undefined): Views {
  if (views) return views;
  throw new ApiProblem(
    'elsewhere',
    'the API does not know where models leave their reports',
    'set PERENNIAL_BUCKET for it',
  );
}
