/** The API's description, made of its routes, and a page to try it that needs no network. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { OpenAPIV3_1 } from 'openapi-types';
import { described } from './schema.ts';
import type { Api } from './types.ts';

const ABOUT = `Perennial's verbs as resources. Send a token as \`Authorization: Bearer …\`; who it stands for is what the
ledger records. Errors are \`application/problem+json\`. See docs/api.md.`;

/** Before the routes, which it listens to. */
export async function describeRoutes(api: Api, version: string): Promise<void> {
  const components: Record<string, Record<string, unknown>> = {};
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Perennial', version, description: ABOUT, license: { name: 'UNLICENSED' } },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      },
      tags: TAGS.map(([name, description]) => ({ name, description })),
    },
    transform: ({ schema, url, route }) => {
      const hidden = !schema?.operationId;
      if (hidden) return { schema: { hide: true }, url };
      const role = route.config?.role;
      const security = role ? { security: [{ token: [] }], 'x-role': role } : {};
      return { schema: { ...described(schema, components), ...security }, url };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      const { openapiObject } = document;
      const sorted = Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)));
      const schemas = sorted as OpenAPIV3_1.ComponentsObject['schemas'];
      return { ...openapiObject, components: { ...openapiObject.components, schemas } } as typeof openapiObject;
    },
  });
}

const TAGS = [
  ['models', 'What there is, and everything about one'],
  ['plans', 'What a model is to do'],
  ['cycles', 'From data to a version that serves'],
  ['serving', 'What serves: rollouts, rollbacks, predictions, outcomes'],
  ['record', 'What became of a model: history, versions side by side, the ledger, reports, logs'],
  ['life', 'Holding a model, looking at it, ending it'],
  ['fleet', 'What nothing needs any more'],
  ['process', 'This process'],
] as const;

/** The document, as text that stays the same while the routes do. */
export const openapiText = (api: Api): string => `${JSON.stringify(api.swagger(), null, 2)}\n`;

/** Everything comes from here: no other host is asked, and the page may ask none. */
export async function docsPage(api: Api): Promise<void> {
  await api.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
    uiConfig: { validatorUrl: null, persistAuthorization: false, deepLinking: true },
  });
}
