/** The API without a socket: the real app, verbs as a plain object, and three people with a token each. */
import assert from 'node:assert/strict';
import { pino } from 'pino';
import { type AppOptions, createApp } from '../../src/api/app.ts';
import type { Reads } from '../../src/api/reads.ts';
import type { Api, Asks, Authenticate, Deps, Identity, Places, Verbs } from '../../src/api/types.ts';
import { UserError } from '../../src/errors.ts';
import type { Views } from '../../src/operations/views.ts';
import type { ModelStatus } from '../../src/workflows/messages.ts';
import { newModel } from '../../src/workflows/state.ts';
import { statusOf } from '../../src/workflows/status.ts';
import { AN_INSTANT } from '../support/fake-activities.ts';

export const PEOPLE: Readonly<Record<string, Identity>> = {
  'token-of-vera': { by: 'vera', role: 'viewer' },
  'token-of-oleg': { by: 'oleg', role: 'operator' },
  'token-of-anna': { by: 'anna', role: 'approver' },
};
export type Person = 'vera' | 'oleg' | 'anna';

const known: Authenticate = async (token) => PEOPLE[token];

export interface Asked {
  readonly as?: Person;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // The tests look into answers of many shapes.
  readonly body: Record<string, unknown>;
}

export interface Played {
  readonly api: Api;
  readonly log: string[];
  ask(method: string, path: string, asked?: Asked): Promise<Answered>;
}

export interface Parts {
  readonly verbs?: Partial<Verbs>;
  readonly asks?: Partial<Asks>;
  readonly reads?: Partial<Reads>;
  readonly authenticate?: Authenticate;
  readonly views?: Views;
  readonly places?: Places;
  readonly options?: Partial<AppOptions>;
}

export async function play(parts: Parts = {}): Promise<Played> {
  const { verbs = {}, asks = {}, reads = {}, views, places, authenticate = known, options = {} } = parts;
  const log: string[] = [];
  const deps = {
    operator: {},
    verbs,
    asks,
    ...{ reads, views, places },
    authenticate,
    log: pino({}, { write: (line) => void log.push(line) }),
  };
  const api = await createApp(deps as unknown as Deps, { version: '0', ...options });
  return { api, log, ask: (method, path, asked) => ask(api, method, path, asked) };
}

export async function ask(api: Api, method: string, path: string, asked: Asked = {}): Promise<Answered> {
  const { as, body, headers } = asked;
  const sent = await api.inject({
    method: method as 'GET',
    url: path,
    headers: { ...(as && { authorization: `Bearer token-of-${as}` }), ...headers },
    ...(body === undefined ? {} : { payload: body as object }),
  });
  const isJson = /json/.test(String(sent.headers['content-type']));
  const { statusCode: status, headers: got, body: text } = sent;
  return { status, headers: got, text, body: isJson && text ? JSON.parse(text) : {} };
}

/** That it is a problem as RFC 9457 has it; gives it. */
export function problemOf({ status, headers, body }: Answered, wanted: number) {
  assert.equal(status, wanted, JSON.stringify(body));
  assert.match(String(headers['content-type']), /^application\/problem\+json/);
  assert.equal(body.status, wanted);
  assert.match(String(body.type), /^urn:perennial:problem:/);
  assert.ok(body.title && body.detail);
  return body as { detail: string; hint?: string; problems?: { file: string; path: string; found: string }[] };
}

export const aModel = (model: string, more: Partial<ModelStatus> = {}): ModelStatus => ({
  ...statusOf(newModel(model), AN_INSTANT),
  ...more,
});

export const missing = (model: string): UserError => new UserError(`there is no model "${model}"`, 'apply', 'missing');
