/** Lists page by page: a cursor says after which name the next page begins, so that what comes and goes meanwhile moves nothing. */
import { z } from 'zod';
import { NAME } from './requests.ts';

const MOST = 200;

export const paged = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]|[1-9]\d|1\d\d|200)$/, `write a whole number from 1 to ${MOST}`)
    .default('50')
    .meta({ description: `How many at most, from 1 to ${MOST}` }),
  cursor: z
    .string()
    .regex(NAME, 'give `next` of the page before as it is')
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
  const rest = cursor === undefined ? all : all.filter((item) => key(item).localeCompare(cursor) > 0);
  const items = rest.slice(0, Number(limit));
  const last = items.at(-1);
  return { items, next: last && rest.length > items.length ? key(last) : undefined };
}
