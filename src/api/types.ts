/** What the API is made of: the verbs that it offers, who may ask, and how a route is typed. */
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { z } from 'zod';
import type { LabelsInput } from '../operations/labels.ts';
import type { Predicted, PredictInput } from '../operations/predict.ts';
import type { Operator } from '../operations/types.ts';
import type { Reads } from './reads.ts';

type Operations = typeof import('../operations/index.ts');

/** The verbs on a Temporal client, as `src/operations` has them. */
export type Verbs = Pick<
  Operations,
  | 'answerRequest'
  | 'applyPlan'
  | 'cancelCycle'
  | 'claimRequest'
  | 'cycleDetails'
  | 'decide'
  | 'diff'
  | 'listModels'
  | 'monitorResult'
  | 'pause'
  | 'ping'
  | 'requestCycle'
  | 'resume'
  | 'rollback'
  | 'startMonitor'
  | 'startRetirement'
  | 'status'
  | 'steerRollout'
  | 'sweep'
>;

/** The verbs that go through a model's own prediction API. */
export interface Asks {
  predict(input: PredictInput): Promise<Predicted>;
  tellLabels(input: LabelsInput): Promise<{ accepted: number }>;
}

/** Each may do what those before it may. */
export const ROLES = ['viewer', 'operator', 'approver'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, as a token says: the ledger's `by`. */
export interface Identity {
  readonly by: string;
  readonly role: Role;
  /** When its token ends, in milliseconds since 1970; never when left out. */
  readonly until?: number;
}

/** Finds out who sent a token; undefined when nobody known did. Throws `UserError` when that cannot be found out now. */
export type Authenticate = (token: string) => Promise<Identity | undefined>;

export interface Deps {
  readonly operator: Operator;
  readonly verbs: Verbs;
  readonly asks: Asks;
  readonly reads: Reads;
  readonly authenticate: Authenticate;
  readonly log: FastifyBaseLogger;
}

/** Requests are typed by their schemas, and so are answers. */
export interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypes
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask; anybody, without a token, when left out. */
    role?: Role;
  }
  interface FastifyRequest {
    /** Set by the time a route with a role is reached. */
    identity: Identity | null;
  }
}
