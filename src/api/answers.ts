/** How routes say what they answer. */
import type { z } from 'zod';
import { problem } from './problem.ts';

export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});

/** Taken up, and where to look meanwhile. */
export const looking = (description: string, schema: z.ZodType) => ({
  ...json(description, schema),
  headers: { location: { type: 'string', description: 'Where to look' } },
});

const TITLES = {
  400: 'The request is not as the schema has it',
  401: 'A token is needed, or this one is not known',
  403: 'The role does not allow it',
  404: 'There is no such thing',
  409: 'As things stand it may not be done',
  413: 'The request is too large',
  415: 'The body is of another type',
  422: 'What was given cannot be used',
  429: 'Too many requests',
  500: 'Something went wrong here',
  502: 'Another service refused',
  503: 'Nobody answers now: try again',
} as const;

type Status = keyof typeof TITLES;

const one = (status: Status) => ({
  description: TITLES[status],
  content: { 'application/problem+json': { schema: problem } },
});

export const only = (...statuses: readonly Status[]) =>
  Object.fromEntries(statuses.map((status) => [status, one(status)] as const));

/** What any route with a role may answer, and these beside. */
export const problems = (...more: readonly Status[]) => only(400, 401, 403, 429, 500, 502, 503, ...more);
