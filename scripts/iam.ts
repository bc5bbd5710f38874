/**
 * Prints a policy for an account: `npm run iam -- worker --account 123456789012 --region eu-west-1 --bucket mine
 * --job-role perennial-jobs --lambda-role perennial-lambda`.
 */
import { parseArgs } from 'node:util';
import { filled, PRINCIPAL_NAMES, policyOf, policyText } from './iam/policies.ts';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { account: text, region: text, bucket: text, 'job-role': text, 'lambda-role': text },
});
const [name = ''] = positionals;
const { account = 'ACCOUNT', region = 'REGION', bucket = 'BUCKET' } = values;
if (!PRINCIPAL_NAMES.includes(name)) {
  console.error(`usage: npm run iam -- ${PRINCIPAL_NAMES.join('|')} [--account …] [--region …] [--bucket …]`);
  process.exit(2);
}
const role = (given?: string) => given && (given.startsWith('arn:') ? given : `arn:aws:iam::${account}:role/${given}`);
process.stdout.write(
  policyText(
    filled(await policyOf(name), {
      ACCOUNT: account,
      REGION: region,
      BUCKET: bucket,
      JOB_ROLE_ARN: role(values['job-role']) ?? 'JOB_ROLE_ARN',
      LAMBDA_ROLE_ARN: role(values['lambda-role']) ?? 'LAMBDA_ROLE_ARN',
    }),
  ),
);
