/** Lists page by page: a cursor says after which name the next page begins, so that what comes and goes meanwhile moves nothing. */
import { z } from 'zod';
import { NAME } from './requests.ts';

/** From 1 to 200, or to 1000; a query has texts only. */
const LIMITS = { 200: /^([1-9]|[1-9]\d|1\d\d|200)$/, 1000: /^([1-9]\d{0,2}|1000)$/ } as const;

export const limitTo = (most: keyof typeof LIMITS, usual: string) =>
  z
    .string()
    .regex(LIMITS[most], `write a whole number from 1 to ${most}`)
    .default(usual)
    .meta({ description: `How many at most, from 1 to ${most}` });

/** The number that a page told as `next`. */
export const numberCursor = z
  .string()
  .regex(/^(0|[1-9]\d{0,8})$/, 'give `next` of the page before as it is')
  .optional()
  .meta({ description: '`next` of the page before' });

export const numberOf = (cursor: string | undefined): number | undefined =>
  cursor === undefined ? undefined : Number(cursor);

export const paged = z.strictObject({
  limit: limitTo(200, '50'),
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
