/** IAM's own judgement, as far as our policies need it: who has no statement that allows a request is denied. */
import type { Policy } from '../../scripts/iam/policies.ts';

export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Keys of conditions and their values: `aws:ResourceTag/…`, `s3:prefix`, … */
  readonly context?: Readonly<Record<string, string>>;
}

export function allows({ Statement }: Policy, { action, resource, context = {} }: IamRequest): boolean {
  return Statement.some(
    (statement) =>
      statement.Action.some((one) => like(one.toLowerCase(), action.toLowerCase())) &&
      statement.Resource.some((one) => like(one, resource)) &&
      Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, [values].flat(), context[key])),
      ),
  );
}

function holds(operator: string, values: readonly string[], found: string | undefined): boolean {
  switch (operator) {
    case 'Null':
      return values.includes(String(found === undefined));
    case 'StringEquals':
      return found !== undefined && values.includes(found);
    case 'StringLike':
      return found !== undefined && values.some((value) => like(value, found));
    case 'StringLikeIfExists':
      return found === undefined || values.some((value) => like(value, found));
    default:
      throw new Error(`the condition ${operator} is not known here`);
  }
}

/** `*` stands for any characters, also none and also slashes. */
const like = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  ).test(text);
