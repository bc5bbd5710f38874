/** An event of API Gateway as a request. Whatever is not what it should be counts as not sent: no event may end the function. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { GatewayRequest } from './body.ts';

export function requestOf(event: Partial<APIGatewayProxyEvent> | null | undefined): GatewayRequest {
  const { httpMethod, resource, headers, body, isBase64Encoded } = event ?? {};
  const texts = Object.entries(headers ?? {}).filter(([, value]) => typeof value === 'string');
  return {
    method: typeof httpMethod === 'string' ? httpMethod : '',
    path: typeof resource === 'string' ? resource : '',
    headers: Object.fromEntries(texts),
    body: typeof body === 'string' ? body : null,
    isBase64: isBase64Encoded === true,
  };
}
