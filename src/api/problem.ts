/** Errors as the API tells them: problem+json (RFC 9457). One place turns what was thrown into a status. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { UserError, type UserErrorKind } from '../errors.ts';
import { explain, PlanError, type Problem, pathText } from '../plan/problems.ts';
import { redact } from '../redact.ts';

export const problem = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem: urn:perennial:problem:<kind>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What was wrong with this request' }),
    hint: z.string().optional().meta({ description: 'What mends it' }),
    problems: z
      .array(
        z.object({
          file: z.string().meta({ description: 'A file of the plan, or the part of the request' }),
          line: z.int().optional(),
          path: z.string(),
          found: z.string(),
          mend: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Place by place, where there are several' }),
  })
  .meta({ id: 'Problem', description: 'A problem as RFC 9457 has it' });

export const KINDS = {
  'invalid-request': [400, 'The request is not as the schema has it'],
  unauthenticated: [401, 'A token is needed'],
  forbidden: [403, 'The role does not allow it'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'The resource has no such method'],
  conflict: [409, 'As things stand it may not be done'],
  'too-large': [413, 'The request is too large'],
  'unsupported-media-type': [415, 'The body is of another type'],
  'invalid-plan': [422, 'The plan is not usable'],
  unusable: [422, 'What was given cannot be used'],
  'key-reused': [422, 'The Idempotency-Key was used for another request'],
  'too-many-requests': [429, 'Too many requests'],
  internal: [500, 'Something went wrong here'],
  elsewhere: [502, 'Another service refused'],
  unavailable: [503, 'Nobody answers now'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemKind = keyof typeof KINDS;

const OF_USERS: Readonly<Record<UserErrorKind, ProblemKind>> = {
  refused: 'conflict',
  missing: 'not-found',
  wrong: 'unusable',
  unanswered: 'unavailable',
  elsewhere: 'elsewhere',
};

/** Thrown by hooks and routes. */
export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProblemKind, detail: string, hint?: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.kind = kind;
    this.hint = hint;
    this.headers = headers;
  }
}

export interface Told {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Fastify's error handler: nothing of a bug but its being one reaches the asker. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = tell(error);
  if (told.kind === 'internal') request.log.error({ err: error }, 'a request failed');
  return answer(reply, told);
}

export function answer(reply: FastifyReply, { kind, detail, hint, problems, headers = {} }: Told): FastifyReply {
  const [status, title] = KINDS[kind];
  const retry = kind === 'unavailable' ? { 'retry-after': '5' } : {};
  const body: z.output<typeof problem> = {
    ...{ type: `urn:perennial:problem:${kind}`, title, status, detail: redact(detail), hint: hint && redact(hint) },
    problems: problems && [...problems],
  };
  return reply
    .code(status)
    .headers({ ...retry, ...headers })
    .type('application/problem+json')
    .serializer((sent: unknown) => JSON.stringify(sent))
    .send(body);
}

/** What is told of an error, whatever it is written as. */
export function tell(error: unknown): Told {
  if (error instanceof ApiProblem)
    return { kind: error.kind, detail: error.message, hint: error.hint, headers: error.headers };
  if (error instanceof PlanError)
    return {
      kind: 'invalid-plan',
      detail: 'the plan is not usable',
      hint: 'mend each place',
      problems: error.problems,
    };
  if (error instanceof UserError) return { kind: OF_USERS[error.kind], detail: error.message, hint: error.hint };
  if (error instanceof Unlike) return unlike(error);
  return ofFastify(error as FastifyError);
}

/** Made by the validators of routes: a part of the request that its schema refuses. */
export class Unlike extends Error {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly value: unknown;
  readonly part: string;

  constructor(issues: readonly z.core.$ZodIssue[], value: unknown, part = 'request') {
    super(`${part} is not as the schema has it`);
    this.issues = issues;
    this.value = value;
    this.part = part === 'querystring' ? 'query' : part === 'params' ? 'path' : part;
  }
}

/** In the words that plans have: place, what was found, what mends it. */
function unlike({ issues, value, part }: Unlike): Told {
  const problems = explain(issues, value).map(({ path, ...rest }) => ({ file: part, path: pathText(path), ...rest }));
  const [first] = problems;
  const place = first?.path ? `${part}, ${first.path}` : part;
  const detail = first ? `${place}: ${first.found}; ${first.mend}` : `the ${part} is not as the schema has it`;
  return { kind: 'invalid-request', detail, hint: 'see /openapi.json', problems };
}

const NO_JSON = 'the body is no JSON that is taken: it is not valid, or has a key such as __proto__';

/** What Fastify itself refuses: texts of its own, which tell nothing of the inside. */
function ofFastify({ statusCode, message, code }: Partial<FastifyError>): Told {
  const detail = code === 'FST_ERR_CTP_INVALID_JSON_BODY' ? NO_JSON : (message ?? '');
  if (statusCode === 413) return { kind: 'too-large', detail, hint: 'send less at once' };
  if (statusCode === 415) return { kind: 'unsupported-media-type', detail, hint: 'send application/json' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return { kind: 'invalid-request', detail, hint: 'see /openapi.json' };
  return { kind: 'internal', detail: 'a bug, or something that nobody expected', hint: "the API's log says more" };
}
