/** What people do from a model's page: one form, one verb; then back to the page, which says what became of it. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { identityOf } from '../api/keyed.ts';
import { ApiProblem } from '../api/problem.ts';
import { cycle, model } from '../api/requests.ts';
import type { Api, Deps, Role } from '../api/types.ts';
import type { Action } from './done.ts';
import { saidOf, statusOf } from './errors.ts';
import { modelPage } from './model.ts';
import { sendPage } from './send.ts';

const once = z.string().regex(/^page-[0-9a-f-]{36}$/);
const reason = z
  .string()
  .max(4_000)
  .optional()
  .transform((text) => text?.trim() || undefined);
const word = z.strictObject({ once, reason });
const aboutCycle = z.strictObject({ once, reason, cycle, evaluation: z.string().min(1).max(200) });
const version = z.strictObject({ once, reason, to: z.string().regex(/^[1-9]\d{0,8}$/) });

interface Word {
  readonly model: string;
  readonly by: string;
  readonly updateId: string;
  readonly reason?: string;
}

export const actionRoutes = (deps: Deps) => async (api: Api) => {
  const { operator, verbs } = deps;

  on('approve', 'approver', aboutCycle, (asked, body) =>
    verbs.decide(operator, { ...asked, decision: 'approve', ...about(body) }),
  );
  on('reject', 'approver', aboutCycle, (asked, body) =>
    verbs.decide(operator, { ...asked, decision: 'reject', ...about(body) }),
  );
  on('promote', 'approver', word, (asked) => verbs.steerRollout(operator, { ...asked, action: 'promote' }));
  on('abort', 'approver', word, (asked) => verbs.steerRollout(operator, { ...asked, action: 'abort' }));
  on('rollback', 'approver', version, ({ reason: why = 'a person asked for it', ...asked }, { to }) =>
    verbs.rollback(operator, { ...asked, reason: why, to: Number(to) }),
  );
  on('pause', 'operator', word, (asked) => verbs.pause(operator, asked));
  on('resume', 'operator', word, (asked) => verbs.resume(operator, asked));
  on('run', 'operator', word, async (asked) => {
    const answer = await verbs.requestCycle(operator, { ...asked, trigger: 'person' });
    if (!answer.accepted)
      throw new ApiProblem('conflict', answer.note ?? `${asked.model} takes no cycle now`, 'look at its state below');
  });

  /** What goes wrong is told on the page that the form was on. */
  function on<B extends { once: string; reason?: string }>(
    action: Action,
    role: Role,
    body: z.ZodType<B>,
    act: (asked: Word, body: B) => Promise<unknown>,
  ): void {
    const schema = { params: z.object({ model }), body };
    api.post(`/models/:model/${action}`, { config: { role, session: true }, schema }, async (request, reply) => {
      const { params } = request as unknown as { params: { model: string } };
      try {
        await act(wordOf(request, params.model, request.body as B), request.body as B);
      } catch (error) {
        if (statusOf(error) === 404 || statusOf(error) === 500) throw error;
        return sendPage(reply, await modelPage(deps, request, params.model, saidOf(error)), statusOf(error));
      }
      return reply.redirect(`/models/${params.model}?done=${action}`, 303);
    });
  }
};

const wordOf = (
  request: FastifyRequest,
  name: string,
  { once: updateId, reason: why }: { once: string; reason?: string },
): Word => ({
  ...{ model: name, by: identityOf(request).by, updateId },
  ...(why !== undefined && { reason: why }),
});

const about = (body: { cycle: string; evaluation: string }) => ({
  cycle: Number(body.cycle),
  evaluation: body.evaluation,
});
