/** The environment as one validated, frozen object; the only reader of `process.env` in `src/`. Set-up: docs/aws.md. */
import { z } from 'zod';

const listed = (text: string, by: string): string[] =>
  text
    .split(by)
    .map((one) => one.trim())
    .filter((one) => one !== '');
const folders = z
  .string()
  .default('')
  .refine((text) => listed(text, ':').every((one) => one.startsWith('/')), 'write absolute paths');

const environment = z.object({
  AWS_REGION: z.string().default('us-east-1'),
  PERENNIAL_BUCKET: z.string().min(3),
  PERENNIAL_JOB_ROLE_ARN: z.string().startsWith('arn:'),
  PERENNIAL_LAMBDA_ROLE_ARN: z.string().startsWith('arn:'),
  /** The image of training and serving: SageMaker's own XGBoost image in script mode. */
  PERENNIAL_IMAGE: z.string().default('683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5'),
  /** Where API Gateway answers; {api}, {region} and {stage} are filled in. A custom domain goes here. */
  PERENNIAL_API_URL: z.string().default('https://{api}.execute-api.{region}.amazonaws.com/{stage}'),
  /** Folders of the worker's machine, divided as in PATH, whose files may be sources of plans; none when left out. */
  PERENNIAL_SOURCE_FOLDERS: folders,
  /** Hosts (or host:port, divided by commas) that sources may come from although they are no public addresses. */
  PERENNIAL_SOURCE_HOSTS: z.string().default(''),
  PERENNIAL_TASK_QUEUE: z.string().default('perennial'),
  /** The most calls a second that a worker makes of any one operation of SageMaker or Glue. */
  PERENNIAL_AWS_RATE: z.coerce.number().min(1).max(1000).default(10),
  /** A prebuilt workflow bundle; made from the sources at start when left out. */
  PERENNIAL_WORKFLOW_BUNDLE: z.string().optional(),
  PERENNIAL_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** Where the worker offers Prometheus metrics, as 127.0.0.1:9464; nowhere when left out. */
  PERENNIAL_METRICS_ADDRESS: z
    .string()
    .regex(/^[^\s:]+:\d{1,5}$/, 'write host:port, such as 127.0.0.1:9464')
    .optional(),
  /** What this build of the worker is called, such as a git sha: turns Worker Versioning on. Off when left out. */
  PERENNIAL_BUILD_ID: z.string().min(1).max(100).optional(),
  /** A file of keys that what goes to Temporal is encrypted with: docs/encryption.md. Nothing is when left out. */
  PERENNIAL_CODEC_KEYS_FILE: z.string().min(1).optional(),
  /** A file with the token that the codec server asks for. */
  PERENNIAL_CODEC_TOKEN_FILE: z.string().min(1).optional(),
  /** A file of who may use the HTTP API, by the hashes of their tokens: docs/api.md. */
  PERENNIAL_API_TOKENS_FILE: z.string().min(1).optional(),
  /** A file with a secret that browsers' sessions are sealed by; they end with the process when left out: docs/pages.md. */
  PERENNIAL_API_SESSION_KEY_FILE: z.string().min(1).optional(),
  /** Where people open Temporal's Web UI, for links to it. */
  PERENNIAL_TEMPORAL_UI: z.url({ protocol: /^https?$/ }).optional(),
  /** The AWS SDK's own: where AWS is another's, the AWS console shows nothing of it. */
  AWS_ENDPOINT_URL: z.string().optional(),
  /** Requests a minute that the API takes of any one identity. */
  PERENNIAL_API_RATE: z.coerce.number().int().min(1).max(1_000_000).default(600),
  /** Addresses (by commas) of proxies in front of the API, whose word for who asks is taken. */
  PERENNIAL_API_PROXIES: z.string().default(''),
  /** Who signs the tokens of people, as an OpenID Connect issuer; static tokens alone when left out. */
  PERENNIAL_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  PERENNIAL_OIDC_AUDIENCE: z.string().min(1).optional(),
  /** The claim that says who it is: the ledger's `by`. */
  PERENNIAL_OIDC_IDENTITY: z.string().min(1).default('sub'),
  /** The claim that roles come from: a text, or a list of them. A dot leads inside: realm_access.roles. */
  PERENNIAL_OIDC_ROLES: z.string().min(1).default('roles'),
  /** What the claim says → a role, as ml-team=viewer,ml-leads=approver; the roles' own names when left out. */
  PERENNIAL_OIDC_ROLE_MAP: z
    .string()
    .regex(/^([^=,]+=(viewer|operator|approver))(,[^=,]+=(viewer|operator|approver))*$/, 'write value=role,value=role')
    .default('viewer=viewer,operator=operator,approver=approver'),
});

/** Of people who open the pages, and of no process that serves. */
const pages = z.object({
  /** Where the HTTP API answers people. */
  PERENNIAL_API: z.url({ protocol: /^https?$/ }),
  /** A file with a token of it. */
  PERENNIAL_API_TOKEN_FILE: z.string().min(1),
});

export interface Config {
  readonly region: string;
  readonly bucket: string;
  readonly jobRoleArn: string;
  readonly lambdaRoleArn: string;
  readonly image: string;
  readonly apiUrl: string;
  readonly sourceFolders: readonly string[];
  readonly sourceHosts: readonly string[];
  readonly taskQueue: string;
  readonly awsRate: number;
  readonly workflowBundle?: string;
  readonly logLevel: string;
  readonly metricsAddress?: string;
  readonly buildId?: string;
  readonly codecKeysFile?: string;
}

export class ConfigError extends Error {}

/** Reads and checks the environment. Throws `ConfigError` naming every variable that is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const e = read(environment, env);
  return Object.freeze({
    region: e.AWS_REGION,
    bucket: e.PERENNIAL_BUCKET,
    jobRoleArn: e.PERENNIAL_JOB_ROLE_ARN,
    lambdaRoleArn: e.PERENNIAL_LAMBDA_ROLE_ARN,
    image: e.PERENNIAL_IMAGE,
    apiUrl: e.PERENNIAL_API_URL,
    sourceFolders: listed(e.PERENNIAL_SOURCE_FOLDERS, ':'),
    sourceHosts: listed(e.PERENNIAL_SOURCE_HOSTS.toLowerCase(), ','),
    taskQueue: e.PERENNIAL_TASK_QUEUE,
    awsRate: e.PERENNIAL_AWS_RATE,
    workflowBundle: e.PERENNIAL_WORKFLOW_BUNDLE,
    logLevel: e.PERENNIAL_LOG_LEVEL,
    metricsAddress: e.PERENNIAL_METRICS_ADDRESS,
    buildId: e.PERENNIAL_BUILD_ID,
    codecKeysFile: e.PERENNIAL_CODEC_KEYS_FILE,
  });
}

/** What a person's client needs to know; everything has a default. Throws `ConfigError`. */
export function readClientConfig(
  env: NodeJS.ProcessEnv = process.env,
): Pick<Config, 'region' | 'apiUrl' | 'taskQueue' | 'codecKeysFile'> & Pick<ApiConfig, 'temporalUi'> {
  const few = environment.pick({
    AWS_REGION: true,
    PERENNIAL_API_URL: true,
    PERENNIAL_TASK_QUEUE: true,
    PERENNIAL_CODEC_KEYS_FILE: true,
    PERENNIAL_TEMPORAL_UI: true,
  });
  const e = read(few, env);
  return {
    region: e.AWS_REGION,
    apiUrl: e.PERENNIAL_API_URL,
    taskQueue: e.PERENNIAL_TASK_QUEUE,
    codecKeysFile: e.PERENNIAL_CODEC_KEYS_FILE,
    temporalUi: e.PERENNIAL_TEMPORAL_UI,
  };
}

/** What people need to know who read what models have left in the bucket. Throws `ConfigError`. */
export function readArchiveConfig(env: NodeJS.ProcessEnv = process.env): Pick<Config, 'region' | 'bucket'> {
  const e = read(environment.pick({ AWS_REGION: true, PERENNIAL_BUCKET: true }), env);
  return { region: e.AWS_REGION, bucket: e.PERENNIAL_BUCKET };
}

/** What reads a file of rows needs to know. Throws `ConfigError`. */
export function readSourceConfig(env: NodeJS.ProcessEnv = process.env): Pick<Config, 'region' | 'sourceHosts'> {
  const e = read(environment.pick({ AWS_REGION: true, PERENNIAL_SOURCE_HOSTS: true }), env);
  return { region: e.AWS_REGION, sourceHosts: listed(e.PERENNIAL_SOURCE_HOSTS.toLowerCase(), ',') };
}

/** What opens the pages needs to know. Throws `ConfigError`. */
export function readPagesConfig(env: NodeJS.ProcessEnv = process.env): { api: string; tokenFile: string } {
  const e = read(pages, env);
  return { api: e.PERENNIAL_API, tokenFile: e.PERENNIAL_API_TOKEN_FILE };
}

/** What the codec server needs to know. Throws `ConfigError`. */
export function readCodecConfig(env: NodeJS.ProcessEnv = process.env): { keysFile?: string; tokenFile?: string } {
  const few = environment.pick({ PERENNIAL_CODEC_KEYS_FILE: true, PERENNIAL_CODEC_TOKEN_FILE: true });
  const e = read(few, env);
  return { keysFile: e.PERENNIAL_CODEC_KEYS_FILE, tokenFile: e.PERENNIAL_CODEC_TOKEN_FILE };
}

export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly identityClaim: string;
  readonly rolesClaim: string;
  /** What the claim says → a role. */
  readonly roles: Readonly<Record<string, string>>;
}

export interface ApiConfig {
  readonly logLevel: string;
  readonly tokensFile?: string;
  readonly rate: number;
  readonly proxies: readonly string[];
  readonly sessionKeyFile?: string;
  readonly temporalUi?: string;
  /** What models left is read there; nothing is when no bucket is named. */
  readonly archive?: Pick<Config, 'region' | 'bucket'>;
  /** Whether the AWS console shows what this process sees. */
  readonly awsConsole?: boolean;
  readonly oidc?: OidcConfig;
}

/** What the HTTP API needs to know beside what any client does. Throws `ConfigError`. */
export function readApiConfig(env: NodeJS.ProcessEnv = process.env): ApiConfig {
  const few = environment.pick({
    PERENNIAL_LOG_LEVEL: true,
    PERENNIAL_API_TOKENS_FILE: true,
    PERENNIAL_API_RATE: true,
    PERENNIAL_API_PROXIES: true,
    PERENNIAL_API_SESSION_KEY_FILE: true,
    PERENNIAL_TEMPORAL_UI: true,
    AWS_ENDPOINT_URL: true,
    PERENNIAL_OIDC_ISSUER: true,
    PERENNIAL_OIDC_AUDIENCE: true,
    PERENNIAL_OIDC_IDENTITY: true,
    PERENNIAL_OIDC_ROLES: true,
    PERENNIAL_OIDC_ROLE_MAP: true,
  });
  const e = read(few, env);
  const [issuer, audience] = [e.PERENNIAL_OIDC_ISSUER, e.PERENNIAL_OIDC_AUDIENCE];
  if ((issuer === undefined) !== (audience === undefined))
    throw new ConfigError('PERENNIAL_OIDC_ISSUER and PERENNIAL_OIDC_AUDIENCE go together: set both, or neither');
  return {
    logLevel: e.PERENNIAL_LOG_LEVEL,
    tokensFile: e.PERENNIAL_API_TOKENS_FILE,
    rate: e.PERENNIAL_API_RATE,
    proxies: listed(e.PERENNIAL_API_PROXIES, ','),
    sessionKeyFile: e.PERENNIAL_API_SESSION_KEY_FILE,
    temporalUi: e.PERENNIAL_TEMPORAL_UI,
    archive: env.PERENNIAL_BUCKET ? readArchiveConfig(env) : undefined,
    awsConsole: !e.AWS_ENDPOINT_URL,
    oidc:
      issuer === undefined || audience === undefined
        ? undefined
        : {
            ...{ issuer, audience, identityClaim: e.PERENNIAL_OIDC_IDENTITY, rolesClaim: e.PERENNIAL_OIDC_ROLES },
            roles: Object.fromEntries(e.PERENNIAL_OIDC_ROLE_MAP.split(',').map((pair) => pair.split('='))),
          },
  };
}

function read<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const found = schema.safeParse(env);
  if (found.success) return found.data;
  const wrong = found.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new ConfigError(`the environment is not complete: ${wrong}`);
}
