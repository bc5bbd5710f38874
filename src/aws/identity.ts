/** Who we are for AWS, what a role trusts, and what IAM says that we may do. */
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { call } from './errors.ts';

/** Looking must not take long: one more try, and answers within seconds. */
export const hurried = (region: string) => ({
  region,
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 6_000,
    throwOnRequestTimeout: true,
    socketTimeout: 6_000,
  },
});

export interface Identity {
  readonly account: string;
  readonly arn: string;
}

export async function whoAmI(region: string): Promise<Identity> {
  const sts = new STSClient(hurried(region));
  try {
    const { Account = '', Arn = '' } = await call('GetCallerIdentity', () =>
      sts.send(new GetCallerIdentityCommand({})),
    );
    return { account: Account, arn: Arn };
  } finally {
    sts.destroy();
  }
}

/** The services that may assume the role; undefined when there is no such role. */
export async function trustedBy(region: string, roleArn: string): Promise<string[] | undefined> {
  const iam = new IAMClient(hurried(region));
  try {
    const command = new GetRoleCommand({ RoleName: roleArn.split('/').at(-1) });
    const found = await call(`GetRole ${roleArn}`, () => iam.send(command).catch(unlessMissing));
    if (!found?.Role) return undefined;
    const { Statement = [] } = JSON.parse(decodeURIComponent(found.Role.AssumeRolePolicyDocument ?? '{}')) as Trust;
    return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal }) => Principal?.Service ?? []);
  } finally {
    iam.destroy();
  }
}

/** IAM's own word for it. */
function unlessMissing(error: Error): undefined {
  if (!/^NoSuchEntity/.test(error.name)) throw error;
}

interface Trust {
  readonly Statement?: readonly { Effect: string; Principal?: { Service?: string | string[] } }[];
}

/** One statement of a policy, filled in for an account. */
export interface Wanted {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface NotAllowed {
  readonly denied: readonly string[];
  /** Allowed under a condition only, which a simulation may not see to hold. */
  readonly unsure: readonly string[];
}

/** The actions that IAM would not allow. A role that was assumed stands for its session. */
export async function notAllowed(region: string, arn: string, wanted: readonly Wanted[]): Promise<NotAllowed> {
  const iam = new IAMClient(hurried(region));
  const principal = arn.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
  try {
    const denied = new Set<string>();
    const unsure = new Set<string>();
    for (const { Action, Resource, Condition } of wanted) {
      const command = new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principal,
        ActionNames: [...Action],
        ResourceArns: Resource.map((resource) => resource.replaceAll(/(?<!^)\*/g, 'x')),
        ContextEntries: contextOf(Condition),
      });
      const { EvaluationResults = [] } = await call('SimulatePrincipalPolicy', () => iam.send(command));
      const no = EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed');
      for (const { EvalActionName = '' } of no) (Condition ? unsure : denied).add(EvalActionName);
    }
    return { denied: [...denied].sort(), unsure: [...unsure].filter((action) => !denied.has(action)).sort() };
  } finally {
    iam.destroy();
  }
}

/** A context in which the conditions hold. */
function contextOf(condition: Wanted['Condition'] = {}) {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      const values = operator.startsWith('Null') ? ['x'] : [value].flat().map((one) => one.replaceAll('*', 'x'));
      return {
        ContextKeyName: key,
        ContextKeyType: values.length > 1 ? ('stringList' as const) : ('string' as const),
        ContextKeyValues: values,
      };
    }),
  );
}
