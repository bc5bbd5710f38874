/** Reports of evaluations and of monitoring passes: the page that people read, and the figures in it. */
import { z } from 'zod';
import { type Report, reportShape } from '../../operations/report.ts';
import { json, problems } from '../answers.ts';
import type { Bounded } from '../bounded.ts';
import { model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const params = z.object({
  model,
  report: z
    .string()
    .regex(/^(evaluation|monitoring|cycle-[1-9]\d{0,8})$/, 'write evaluation, monitoring, or cycle-3')
    .meta({ description: 'The last `evaluation`, the last `monitoring` pass, or the evaluation of `cycle-<n>`' }),
});

const told = reportShape
  .omit({ html: true })
  .extend({ details: z.record(z.string(), z.unknown()).describe('The figures that the page shows.') })
  .meta({ id: 'Report' });

/**
 * A page that somebody else's data is in, under the API's own address: it may run nothing, load nothing, send nothing, and be
 * framed by nobody. Ours need none of it.
 */
const SANDBOX =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const reportRoutes =
  ({ reads }: Deps, bounded: Bounded) =>
  async (api: Api) => {
    const asked = ({ model: name, report }: z.output<typeof params>) => {
      const [, cycle] = /^cycle-(\d+)$/.exec(report) ?? [];
      return {
        ...{ model: name, monitor: report === 'monitoring' },
        ...(cycle !== undefined && { cycle: Number(cycle) }),
      };
    };

    api.get(
      '/v1/models/:model/reports/:report',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'getReport',
            tags: ['record'],
            summary: 'The figures of a report, and where its page lies',
          },
          params,
          response: { 200: json('The report', told), ...problems(404) },
        },
      },
      (request) =>
        bounded(request, async () => {
          const { html: _, ...found } = await reads.report(asked(request.params));
          return { ...found, details: await reads.reportDetails(found) };
        }),
    );

    api.get(
      '/v1/models/:model/reports/:report/html',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'getReportPage',
            tags: ['record'],
            summary: 'A report as one HTML page that needs nothing else',
          },
          params,
          response: {
            200: { description: 'The page', content: { 'text/html': { schema: z.string() } } },
            ...problems(404),
          },
        },
      },
      async (request, reply) => {
        const found = await bounded(request, () => reads.report(asked(request.params)));
        return reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', SANDBOX)
          .header('content-disposition', `inline; filename="${fileName(found)}"`)
          .serializer((page: unknown) => page as string)
          .send(found.html as never);
      },
    );
  };

const fileName = ({ model: name, kind, cycle, pass }: Report): string =>
  `${name}-${kind === 'evaluation' ? `cycle-${cycle}` : pass}-${kind}.html`.replaceAll(/[^\w.-]/g, '-');
