/** Zod's schemas as Fastify and OpenAPI want them: requests are checked by them, answers are described. */
import type { FastifySchema, FastifySchemaCompiler } from 'fastify';
import type { FastifySerializerCompiler } from 'fastify/types/schema.js';
import { z } from 'zod';
import { Unlike } from './problem.ts';

export const check: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (value: unknown) => {
    const read = schema.safeParse(value);
    return read.success ? { value: read.data } : { error: new Unlike(read.error.issues, value, httpPart) };
  };

/** Answers are what the types say, which tests compare with the schemas: a model of an older build is not refused for it. */
export const write: FastifySerializerCompiler<unknown> = () => (value) => JSON.stringify(value);

type JsonSchema = Record<string, unknown>;
type Content = { readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>> };

/** A route's schema for OpenAPI; schemas that have an id are put into `components` and referred to. */
export function described(schema: FastifySchema, components: Record<string, JsonSchema>): FastifySchema {
  const { body, querystring, params, headers, response, ...rest } = schema;
  const asked = Object.entries({ body, querystring, params, headers }).flatMap(([part, one]) =>
    one ? [[part, toJson(one as z.ZodType, 'input', components)] as const] : [],
  );
  const told = Object.entries((response ?? {}) as Record<string, Content>).map(([status, { content, ...more }]) => {
    const types = Object.entries(content ?? {}).map(
      ([type, { schema: one }]) => [type, { schema: toJson(one, 'output', components) }] as const,
    );
    return [status, { ...more, content: Object.fromEntries(types) }] as const;
  });
  return { ...rest, ...Object.fromEntries(asked), response: Object.fromEntries(told) };
}

const AT_HOME = '#/$defs/';
const IN_COMPONENTS = '#/components/schemas/';

function toJson(schema: z.ZodType, io: 'input' | 'output', components: Record<string, JsonSchema>): JsonSchema {
  const made = z.toJSONSchema(schema, {
    ...{ target: 'draft-2020-12', io, unrepresentable: 'any' },
    override: ({ jsonSchema }) => {
      // Clients are to live with fields that come later.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const text = JSON.stringify(made).replaceAll(`"${AT_HOME}`, `"${IN_COMPONENTS}`);
  const { $schema: _, $defs = {}, ...own } = JSON.parse(text) as JsonSchema & { $defs?: Record<string, JsonSchema> };
  for (const [id, one] of Object.entries($defs)) components[id] = without(one);
  if (typeof own.id !== 'string') return own;
  components[own.id] = without(own);
  return { $ref: `${IN_COMPONENTS}${own.id}` };
}

const without = ({ id: _, ...rest }: JsonSchema): JsonSchema => rest;
