/** What the REST API of a model looks like; pure. */
import { createHash } from 'node:crypto';
import type { GatewayResponseType } from '@aws-sdk/client-api-gateway';

/** What is asked and what is told: one resource each, and one function behind both. */
export const PATH_PARTS = ['predictions', 'outcomes'] as const;
export type PathPart = (typeof PATH_PARTS)[number];
export const METHOD = 'POST';

/** The longest that API Gateway waits for a function by default, in milliseconds. */
const INTEGRATION_TIMEOUT = 29_000;

export interface Wiring {
  /** How API Gateway calls the function. */
  readonly uri: string;
  /** ARNs of the methods, which the function lets in. */
  readonly sources: Readonly<Record<PathPart, string>>;
  readonly timeout: number;
}

/** `functionArn` tells partition, region and account: arn:aws:lambda:eu-west-1:123456789012:function:name. */
export function wiring(functionArn: string, apiId: string): Wiring {
  const [, partition, , region, account] = functionArn.split(':');
  const source = (part: PathPart) => `arn:${partition}:execute-api:${region}:${account}:${apiId}/*/${METHOD}/${part}`;
  return {
    uri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    sources: { predictions: source('predictions'), outcomes: source('outcomes') },
    timeout: INTEGRATION_TIMEOUT,
  };
}

interface OwnAnswer {
  readonly responseType: GatewayResponseType;
  readonly statusCode: string;
  readonly responseTemplates: Record<string, string>;
  readonly responseParameters?: Record<string, string>;
}

const own = (
  responseType: GatewayResponseType,
  statusCode: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): OwnAnswer => ({
  responseType,
  statusCode: String(statusCode),
  responseTemplates: { 'application/json': JSON.stringify({ error: { message } }) },
  responseParameters: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
  ),
});

/** What API Gateway answers itself, in the shape of all our errors, each with its mend. */
export const GATEWAY_RESPONSES: readonly OwnAnswer[] = [
  own('INVALID_API_KEY', 403, 'the API key is missing or wrong; send it in the header x-api-key'),
  own('MISSING_AUTHENTICATION_TOKEN', 404, `there is nothing at this path; ${METHOD} to /${PATH_PARTS.join(' or /')}`),
  own('THROTTLED', 429, 'more requests a second than this key may make; try again in a second', { 'Retry-After': '1' }),
  own('QUOTA_EXCEEDED', 429, 'the quota of this key is used up; ask the owner of the model for more'),
  own('REQUEST_TOO_LARGE', 413, 'the body is too large; send fewer at a time'),
  own('INTEGRATION_TIMEOUT', 503, 'the model did not answer in time; try again, or send fewer instances'),
  own('INTEGRATION_FAILURE', 502, 'the model could not be asked; try again in a second', { 'Retry-After': '1' }),
  own('DEFAULT_5XX', 502, 'the prediction API failed; try again in a second'),
];

/** Says what a deployment deployed: it changes exactly when something that a deployment carries changes. */
export function definition(wired: Wiring): string {
  const all = JSON.stringify([METHOD, PATH_PARTS, wired, GATEWAY_RESPONSES]);
  return `Perennial ${createHash('sha256').update(all).digest('hex').slice(0, 32)}`;
}
