/** How HTML is sent: nothing runs in it and nothing is fetched by it but what this process serves. */
import type { FastifyReply } from 'fastify';

const POLICY = [
  "default-src 'none'",
  ...["style-src 'self'", "script-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"],
].join('; ');

/** A report is a document of its own: no script, no form, no origin, whatever lies in the bucket. */
const REPORT_POLICY = [
  'sandbox',
  "default-src 'none'",
  ...["style-src 'unsafe-inline'", 'img-src data:', "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
].join('; ');

export const sendPage = (reply: FastifyReply, text: string, status = 200): FastifyReply =>
  html(reply, POLICY).code(status).send(text);

export const sendReport = (reply: FastifyReply, text: string): FastifyReply => html(reply, REPORT_POLICY).send(text);

// Forms carry their origin to ourselves only: with `no-referrer` browsers would hide it from us, too.
const html = (reply: FastifyReply, policy: string): FastifyReply =>
  reply
    .type('text/html; charset=utf-8')
    .headers({ 'content-security-policy': policy, 'referrer-policy': 'same-origin' });
