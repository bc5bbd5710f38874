/** A plan holds no secret: it is reviewed by many, and kept in histories, the ledger and the bucket. Pure. */
import { secretIn } from '../redact.ts';
import type { Broken } from './problems.ts';
import type { Plan } from './schema.ts';

export function secretRules({ collect, monitor }: Plan): Broken[] {
  const sources = Object.entries(collect.sources).map(([name, { uri }]) => ({
    path: ['collect', 'sources', name, 'uri'],
    uri,
  }));
  const notify = monitor.notify.map((uri, at) => ({ path: ['monitor', 'notify', at], uri }));
  const kept = 'everyone who reads the plan, its history or its ledger would have it';
  return [
    ...broken(sources, `${kept}; copy the file to S3 and name it there`),
    ...broken(notify, `${kept}; tell an SQS queue, and let what reads it hold the secret`),
  ];
}

const broken = (named: readonly { path: (string | number)[]; uri: string }[], mend: string): Broken[] =>
  named.flatMap(({ path, uri }) => {
    const found = secretIn(uri);
    return found ? [{ path, found, mend }] : [];
  });
