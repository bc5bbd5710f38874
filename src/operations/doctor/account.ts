/** What the AWS account must have: credentials, a bucket, two roles, an image, rights, and services that answer. */
import { readFile } from 'node:fs/promises';
import { looks } from '../../aws/answering.ts';
import { bucketSettings, lookAtBucket } from '../../aws/bucket.ts';
import { type Clients, closeClients, createClients } from '../../aws/clients.ts';
import { notAllowed, trustedBy, type Wanted, whoAmI } from '../../aws/identity.ts';
import { regionOfImage } from '../../aws/image.ts';
import type { Config } from '../../config.ts';
import { type Check, ok, warning, wrong } from './finding.ts';

/** Of the `account`, as against what a plan asks of it. */
export function accountChecks(config: Config): Check[] {
  const { region } = config;
  return [
    { area: 'account', what: 'the credentials', run: () => rights(config) },
    { area: 'bucket', what: `bucket ${config.bucket}`, run: () => withClients(region, (aws) => bucket(aws, config)) },
    ...(['SageMaker', 'Lambda'] as const).map((service) => {
      const arn = service === 'SageMaker' ? config.jobRoleArn : config.lambdaRoleArn;
      return { area: 'roles', what: `role ${arn}`, run: () => role(region, service, arn) };
    }),
    { area: 'settings', what: 'the image', run: async () => [image(config)] },
    { area: 'services', what: 'the services of AWS', run: () => withClients(region, services) },
  ];
}

export async function withClients<T>(region: string, work: (aws: Clients) => Promise<T>): Promise<T> {
  const aws = createClients(region, undefined, { tries: 2, quick: 6_000, slow: 6_000 });
  try {
    return await work(aws);
  } finally {
    closeClients(aws);
  }
}

async function rights(config: Config) {
  const { account, arn } = await whoAmI(config.region);
  const me = ok(`we are ${arn} in ${config.region}`);
  const odd = [config.jobRoleArn, config.lambdaRoleArn].filter((role) => role.split(':')[4] !== account);
  const elsewhere = odd.map((role) =>
    wrong(
      `${role} is of another account than ${account}`,
      'use credentials of its account, or name a role of this one',
    ),
  );
  if (arn.endsWith(':root')) return [me, ...elsewhere, ok('the root of an account may do everything')];
  return [me, ...elsewhere, ...(await policyHeld(config, account, arn))];
}

/** The worker's policy as docs/iam publishes it, asked of IAM statement by statement. */
async function policyHeld({ region, bucket: name, jobRoleArn, lambdaRoleArn }: Config, account: string, arn: string) {
  const policy = await readFile(new URL('../../../docs/iam/worker.json', import.meta.url), 'utf8').catch(
    () => undefined,
  );
  if (policy === undefined)
    return [warning('the rights are not looked at: docs/iam/worker.json is not here', 'run it in a clone')];
  const filled = policy
    .replaceAll('JOB_ROLE_ARN', jobRoleArn)
    .replaceAll('LAMBDA_ROLE_ARN', lambdaRoleArn)
    .replaceAll('BUCKET', name)
    .replaceAll('REGION', region)
    .replaceAll('ACCOUNT', account);
  const { Statement } = JSON.parse(filled) as { Statement: readonly Wanted[] };
  const found = await notAllowed(region, arn, Statement).catch((error: Error) => error);
  if (found instanceof Error)
    return [
      warning(
        `what we may do could not be asked: ${found.message}`,
        'attach docs/iam/doctor.json to who looks, or trust what the services answer',
      ),
    ];
  const { denied, unsure } = found;
  const mend =
    'attach docs/iam/worker.json, which `npm run iam -- worker …` fills in; who uses the CLI alone needs less';
  if (denied.length > 0) return [wrong(`a worker with these credentials may not ${denied.join(', ')}`, mend)];
  if (unsure.length > 0)
    return [warning(`whether a worker may, under their conditions, ${unsure.join(', ')} is not sure`, mend)];
  return [ok(`all ${new Set(Statement.flatMap(({ Action }) => Action)).size} actions of a worker are allowed`)];
}

async function bucket({ s3 }: Clients, { bucket: name, region }: Config) {
  const found = await lookAtBucket(s3, name);
  if (found === 'missing')
    return [
      wrong(`there is no bucket ${name}`, `make it: aws s3api create-bucket --bucket ${name}, or set PERENNIAL_BUCKET`),
    ];
  if (found === 'elsewhere')
    return [wrong(`bucket ${name} is not in ${region}`, 'set AWS_REGION to its region, or use another bucket')];
  const { versioned, closed } = await bucketSettings(s3, name);
  return [
    ok(`bucket ${name} is there`),
    versioned
      ? ok('it keeps versions')
      : warning(
          'it keeps no versions: what is overwritten or deleted is gone',
          `aws s3api put-bucket-versioning --bucket ${name} --versioning-configuration Status=Enabled`,
        ),
    closed
      ? ok('public access is blocked')
      : warning(
          'public access is not blocked by the bucket itself',
          `aws s3api put-public-access-block --bucket ${name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true`,
        ),
  ];
}

async function role(region: string, service: 'SageMaker' | 'Lambda', arn: string) {
  const trusted = await trustedBy(region, arn).catch((error: Error) => error);
  if (trusted instanceof Error)
    return [warning(`role ${arn} could not be looked at: ${trusted.message}`, 'allow iam:GetRole for looking')];
  if (!trusted) return [wrong(`there is no role ${arn}`, `make it for ${service}, or name another: docs/aws.md`)];
  const principal = `${service.toLowerCase()}.amazonaws.com`;
  if (!trusted.includes(principal))
    return [wrong(`role ${arn} does not trust ${principal}`, `allow ${principal} to sts:AssumeRole it`)];
  return [ok(`role ${arn} is there and trusts ${principal}`)];
}

function image({ image: uri, region }: Config) {
  const from = regionOfImage(uri);
  if (from === undefined)
    return warning(
      `image ${uri} is in no registry of AWS`,
      "set PERENNIAL_IMAGE to SageMaker's XGBoost image of the region",
    );
  if (from !== region)
    return wrong(
      `image ${uri} is of ${from}, and jobs run in ${region}`,
      `set PERENNIAL_IMAGE to the XGBoost image of ${region}`,
    );
  return ok(`image ${uri} is of the region`);
}

async function services(aws: Clients) {
  const asked = Object.entries(looks(aws)).map(async ([service, lookAt]) => {
    const trouble = await lookAt().then(
      () => undefined,
      (error: Error) => error,
    );
    return trouble
      ? wrong(`${service}: ${trouble.message}`, 'allow it, or mend what it says')
      : ok(`${service} answers`);
  });
  return Promise.all(asked);
}
