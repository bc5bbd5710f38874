/** A Lambda function under its own name: made, or brought to what is wanted, and waited for. */
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  type GetFunctionCommandOutput,
  type LambdaClient,
  type Runtime,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { permanent, unavailable } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import type { LambdaCode } from './gateway-code.ts';
import { until } from './wait.ts';

export interface FunctionSpec {
  readonly name: string;
  readonly model: string;
  readonly role: string;
  readonly handler: string;
  readonly code: LambdaCode;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
  /** MiB; processor time grows with it. */
  readonly memory: number;
}

/** Node 20's runtime takes no new functions any more; the code asks for no more than Node 20. */
const RUNTIME: Runtime = 'nodejs24.x';

/** Makes the function, or updates what differs; gives its ARN when it is active. Permanent `NameTaken` when it is another's. */
export async function ensureFunction(client: LambdaClient, spec: FunctionSpec, signal?: AbortSignal): Promise<string> {
  const there = await describe(client, spec);
  if (!there) await create(client, spec);
  const ready = await settled(client, spec, signal);

  if (ready.CodeSha256 !== spec.code.sha256) {
    const update = new UpdateFunctionCodeCommand({ FunctionName: spec.name, ZipFile: spec.code.zip });
    await call(`UpdateFunctionCode ${spec.name}`, () => client.send(update));
    updated(spec, await settled(client, spec, signal));
  }
  if (!sameSettings(ready, spec)) {
    const update = new UpdateFunctionConfigurationCommand({ FunctionName: spec.name, ...settings(spec) });
    await call(`UpdateFunctionConfiguration ${spec.name}`, () => client.send(update));
    updated(spec, await settled(client, spec, signal));
  }
  return ready.FunctionArn ?? '';
}

/** Lets an API call the function; the same statement twice is one. `source` is the ARN of the method that may. */
export async function allowInvoke(client: LambdaClient, name: string, statement: string, source: string) {
  const command = new AddPermissionCommand({
    FunctionName: name,
    StatementId: statement,
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: source,
  });
  await callOrTaken(`AddPermission ${name}`, () => client.send(command));
}

const settings = (spec: FunctionSpec) => ({
  Runtime: RUNTIME,
  Role: spec.role,
  Handler: spec.handler,
  Timeout: spec.timeout,
  MemorySize: spec.memory,
  Environment: { Variables: { ...spec.environment } },
  Description: `Prediction API of ${spec.model}, made by Perennial`,
});

async function create(client: LambdaClient, spec: FunctionSpec): Promise<void> {
  const command = new CreateFunctionCommand({
    FunctionName: spec.name,
    ...settings(spec),
    Code: { ZipFile: spec.code.zip },
    Tags: { [TAG_MODEL]: spec.model },
  });
  await callOrTaken(`CreateFunction ${spec.name}`, () => client.send(command));
}

async function describe(client: LambdaClient, spec: FunctionSpec): Promise<GetFunctionCommandOutput | undefined> {
  const command = new GetFunctionCommand({ FunctionName: spec.name });
  const found = await callOrMissing(`GetFunction ${spec.name}`, () => client.send(command));
  if (found && found.Tags?.[TAG_MODEL] !== spec.model)
    throw permanent(
      'NameTaken',
      `Lambda function ${spec.name}: it exists and is not this model's (tag ${TAG_MODEL} is ` +
        `${found.Tags?.[TAG_MODEL] ?? 'missing'}); remove it, or tag it with ${TAG_MODEL}=${spec.model}`,
    );
  return found;
}

/** The function's configuration once nothing about it is changing. */
function settled(client: LambdaClient, spec: FunctionSpec, signal?: AbortSignal): Promise<FunctionConfiguration> {
  const look = async () => {
    const now = (await describe(client, spec))?.Configuration;
    // Just made, and not yet known everywhere.
    if (!now) return undefined;
    if (now.State === 'Failed') throw failed(spec.name, now);
    const changing = now.State === 'Pending' || now.LastUpdateStatus === 'InProgress';
    return changing ? undefined : now;
  };
  return until(`Lambda function ${spec.name}`, look, { signal });
}

/** An update that failed is told when it was ours; an older one is mended by the next. */
function updated(spec: FunctionSpec, now: FunctionConfiguration): void {
  if (now.LastUpdateStatus === 'Failed') throw failed(spec.name, now);
}

function failed(name: string, now: FunctionConfiguration): Error {
  const reason = now.StateReason || now.LastUpdateStatusReason || 'no reason given';
  return unavailable(`Lambda function ${name} failed: ${reason}`, {
    reason: now.StateReasonCode ?? now.LastUpdateStatusReasonCode ?? 'service',
  });
}

function sameSettings(now: FunctionConfiguration, spec: FunctionSpec): boolean {
  const wanted = settings(spec);
  const variables = now.Environment?.Variables ?? {};
  const names = Object.keys(spec.environment);
  return (
    now.Runtime === wanted.Runtime &&
    now.Role === wanted.Role &&
    now.Handler === wanted.Handler &&
    now.Timeout === wanted.Timeout &&
    now.MemorySize === wanted.MemorySize &&
    names.length === Object.keys(variables).length &&
    names.every((name) => variables[name] === spec.environment[name])
  );
}
