/** Lists page by page: a cursor says after which name the next page begins, so that what comes and goes meanwhile moves nothing. */
import { z } from 'zod';
import { ApiProblem } from './problem.ts';

const MOST = 200;

export const paged = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]|[1-9]\d|1\d\d|200)$/, `write a whole number from 1 to ${MOST}`)
    .default('50')
    .meta({ description: `How many at most, from 1 to ${MOST}` }),
  cursor: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/, 'give `next` of the page before as it is')
    .optional()
    .meta({ description: '`next` of the page before' }),
});

export const page = <T extends z.ZodType>(id: string, item: T) =>
  z
    .object({
      items: z.array(item),
      next: z.string().optional().meta({ description: 'The cursor of the next page; absent on the last one' }),
    })
    .meta({ id });

/** `all` must be in the order of their keys. */
export function cursorOf<T>(
  all: readonly T[],
  { limit, cursor }: z.output<typeof paged>,
  key: (item: T) => string,
): { items: T[]; next?: string } {
  const after = cursor === undefined ? undefined : decoded(cursor);
  const rest = after === undefined ? all : all.filter((item) => key(item).localeCompare(after) > 0);
  const items = rest.slice(0, Number(limit));
  const last = items.at(-1);
  return { items, next: last && rest.length > items.length ? encoded(key(last)) : undefined };
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url');

function decoded(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (encoded(text) === cursor) return text;
  throw new ApiProblem(
    'invalid-request',
    'the cursor is none that was given',
    'give `next` of the page before as it is',
  );
}
