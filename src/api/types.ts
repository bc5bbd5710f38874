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
import type { Views } from '../operations/views.ts';
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
  | 'planInForce'
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

/** Where other doors to the same things are. */
export interface Places {
  /** Temporal's Web UI, and the namespace of its workflows. */
  readonly temporalUi?: string;
  readonly namespace: string;
  /** The bucket whose contents the AWS console shows; absent where AWS is another's, or no bucket is named. */
  readonly console?: { readonly bucket: string };
}

export interface Deps {
  readonly operator: Operator;
  readonly verbs: Verbs;
  readonly asks: Asks;
  readonly reads: Reads;
  /** What models left in AWS, for the pages; absent where no bucket is named. */
  readonly views?: Views;
  readonly places?: Places;
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
    /** A browser that has signed in may ask by its session, too. */
    session?: boolean;
  }
  interface FastifyRequest {
    /** Set by the time a route with a role is reached. */
    identity: Identity | null;
  }
}
