/** The ledger: what it says, and whether all that it names is as it was written. */
import { z } from 'zod';
import { auditShape } from '../../operations/audit.ts';
import { verifyShape } from '../../operations/verify.ts';
import { json, problems } from '../answers.ts';
import type { Bounded } from '../bounded.ts';
import { limitTo, numberCursor, numberOf } from '../paging.ts';
import { instant, model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const VERIFY_MS = 15_000;

export const auditRoutes =
  ({ reads }: Deps, bounded: Bounded, heavy: Bounded) =>
  async (api: Api) => {
    const params = z.object({ model });

    api.get(
      '/v1/models/:model/audit',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'auditModel',
            tags: ['record'],
            summary:
              'The entries of the ledger in order; or, of an instant, what served, who decided it, on which data',
          },
          description: 'Whether the chain of entries is whole is told each time (`chain.broken`).',
          params,
          querystring: z.strictObject({
            at: instant.optional().meta({ description: 'The instant; limit and cursor mean nothing then' }),
            limit: limitTo(200, '50'),
            cursor: numberCursor,
          }),
          response: { 200: json('What the ledger says', auditShape), ...problems(404, 422) },
        },
      },
      (request) => {
        const { at, limit, cursor } = request.query;
        return bounded(request, () =>
          reads.audit({ ...request.params, at, limit: Number(limit), after: numberOf(cursor) }),
        );
      },
    );

    api.get(
      '/v1/models/:model/audit/objects',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'verifyObjects',
            tags: ['record'],
            summary: 'Reads and hashes again what the ledger names, a part at a time',
          },
          description: `No object is begun after ${VERIFY_MS / 1000} s: \`next\` says where to go on, and is absent when all was looked at. Many gigabytes are better verified by the command line, near the bucket.`,
          params,
          querystring: z.strictObject({ cursor: numberCursor }),
          response: { 200: json('What was looked at, and what is wrong with it', verifyShape), ...problems(404) },
        },
      },
      (request) => {
        const asked = { ...request.params, from: numberOf(request.query.cursor), within: VERIFY_MS };
        const mend = '"perennial audit --verify" has the time that it takes';
        return heavy(request, () => reads.verify(asked), mend);
      },
    );
  };
