/** Which operations of AWS a part of the code really calls: what is left of its imports when what it never reaches is gone. */
import { build } from 'esbuild';

/** The services as IAM calls them. */
const SERVICES: Readonly<Record<string, string>> = {
  'client-api-gateway': 'apigateway',
  'client-application-auto-scaling': 'application-autoscaling',
  'client-cloudwatch': 'cloudwatch',
  'client-cloudwatch-logs': 'logs',
  'client-glue': 'glue',
  'client-iam': 'iam',
  'client-lambda': 'lambda',
  'client-s3': 's3',
  'client-sagemaker': 'sagemaker',
  'client-sagemaker-runtime': 'sagemaker',
  'client-service-quotas': 'servicequotas',
  'client-sns': 'sns',
  'client-sts': 'sts',
  'lib-storage': 's3',
};

const IMPORTS = /import \{([^}]*)\} from "@aws-sdk\/([a-z0-9-]+)"/g;

/** `service:Operation` of every command and paginator that is reached from a file, in order; an upload in parts is `s3:Upload`. */
export async function callsOf(entry: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    treeShaking: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  const code = outputFiles[0]?.text ?? '';
  const imports = [...code.matchAll(IMPORTS)];
  const body = code.replace(IMPORTS, '');
  const calls = imports.flatMap(([, names = '', client = '']) => {
    const service = SERVICES[client];
    if (!service) throw new Error(`${entry} reaches @aws-sdk/${client}: name its service in scripts/iam/calls.ts`);
    return (
      names
        .split(',')
        .map((name) => name.trim().split(' as '))
        // Imports stay when what used them is gone.
        .filter(([name, local = name]) => new RegExp(`\\b${local}\\b`).test(body))
        .flatMap(([name = '']) => operationOf(name).map((operation) => `${service}:${operation}`))
    );
  });
  return [...new Set(calls)].sort();
}

function operationOf(name: string): string[] {
  const [, command, paginated] = /^(?:(\w+)Command|paginate(\w+))$/.exec(name) ?? [];
  if (name === 'Upload') return ['Upload'];
  return command || paginated ? [command ?? paginated ?? ''] : [];
}
