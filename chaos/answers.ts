/** An error of AWS on the wire, in the protocol in which it was asked. */
import type { AwsError } from './aws-errors.ts';
import type { Protocol, WireCall } from './calls.ts';
import type { Answer } from './wire.ts';

const REQUEST_ID = '00000000-0000-4000-8000-000000000000';

type Written = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

export function errorAnswer(call: Pick<WireCall, 'protocol' | 'method'>, error: AwsError): Answer {
  const { headers, body } = WRITERS[call.protocol](error);
  return {
    status: error.status,
    headers: { date: new Date().toUTCString(), ...headers, ...error.headers },
    // The answer to a HEAD has no body: all that it tells is its status.
    body: Buffer.from(call.method === 'HEAD' ? '' : body),
  };
}

const fault = (status: number): string => (status >= 500 ? 'Receiver' : 'Sender');

const WRITERS: Readonly<Record<Protocol, (error: AwsError) => Written>> = {
  // A service that was once spoken to by queries keeps its old codes in a header.
  json: ({ code, message, status }) => ({
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': REQUEST_ID,
      'x-amzn-query-error': `${code};${fault(status)}`,
    },
    body: JSON.stringify({ __type: code, message }),
  }),
  'rest-json': ({ code, message }) => ({
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': REQUEST_ID, 'x-amzn-errortype': `${code}:` },
    body: JSON.stringify({ message }),
  }),
  query: ({ code, message, status }) => ({
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': REQUEST_ID },
    body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${fault(status)}</Type><Code>${code}</Code><Message>${xml(message)}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`,
  }),
  'rest-xml': ({ code, message }) => ({
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': '4442587FB7D0A2F9' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${xml(message)}</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>`,
  }),
};

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
