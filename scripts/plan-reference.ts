/** The plan's schema as JSON Schema and as a page of Markdown. */
import { z } from 'zod';
import { HYPERPARAMETERS } from '../src/plan/hyperparameters.ts';
import { planSchema } from '../src/plan/schema.ts';

const WORDS: Readonly<Record<string, string>> = { object: 'mapping', string: 'text', integer: 'whole number' };

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

const schema = z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' }) as Schema;

export const planSchemaText = (): string => `${JSON.stringify(schema, null, 2)}\n`;

/** docs/plan.md, whole. `example` is the text of a plan that stands on top. */
export function planReference(example: string): string {
  return [
    '# The plan',
    '',
    '<!-- Generated from src/plan/schema.ts by `npm run docs`. -->',
    '',
    'A folder with `plan.yaml` and the features it names. `perennial validate <folder>` checks it; editors complete it',
    'from [plan.schema.json](plan.schema.json). Durations are a number and a unit (`90s`, `10m`, `24h`, `7 days`) or',
    'milliseconds; shares are 0 to 1.',
    '',
    '```yaml',
    example.trim(),
    '```',
    '',
    '## Every key',
    '',
    '| key | what | default |',
    '| --- | --- | --- |',
    ...rows(schema, '', true),
    '',
    '## Hyperparameters',
    '',
    '| algorithm | name | range |',
    '| --- | --- | --- |',
    ...Object.entries(HYPERPARAMETERS).flatMap(([algorithm, known]) =>
      Object.entries(known).map(
        ([name, { min, max, whole }]) => `| ${algorithm} | \`${name}\` | ${min} to ${max}${whole ? ', whole' : ''} |`,
      ),
    ),
    '',
  ].join('\n');
}

function rows(node: Schema, path: string, required: boolean): string[] {
  const own = path ? [row(node, path, required)] : [];
  const inner = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    rows(child, path ? `${path}.${name}` : name, node.required?.includes(name) ?? false),
  );
  const named =
    typeof node.additionalProperties === 'object' ? rows(node.additionalProperties, `${path}.<name>`, true) : [];
  const items = node.items && compound(node.items) ? rows(node.items, `${path}[]`, true) : [];
  const choices = (node.anyOf ?? []).filter(compound).flatMap((choice) => rows(choice, path, true).slice(1));
  return [
    ...own,
    ...inner,
    ...named.slice(compound(node.additionalProperties || {}) ? 1 : 0),
    ...items.slice(1),
    ...choices,
  ];
}

const compound = (node: Schema): boolean => Boolean(node.properties ?? node.items ?? node.anyOf?.some(compound));

function row(node: Schema, path: string, required: boolean): string {
  const fallback =
    node.default === undefined ? (required ? '**required**' : '') : `\`${JSON.stringify(node.default)}\``;
  return `| \`${path}\` | ${[kind(node), node.description].filter(Boolean).join('. ')} | ${fallback} |`;
}

function kind(node: Schema): string {
  if (node.enum) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.const !== undefined) return `\`${node.const}\``;
  if (node.prefixItems) return `list of ${node.prefixItems.length}: ${node.prefixItems.map(kind).join(', ')}`;
  if (node.items) return `list of ${kind(node.items)}`;
  if (node.anyOf) return [...new Set(node.anyOf.map(kind))].join(' or ');
  const low = node.minimum ?? node.exclusiveMinimum;
  const range =
    low !== undefined && node.maximum !== undefined && node.maximum < 1e15 ? ` ${low} to ${node.maximum}` : '';
  const types = [node.type ?? 'any'].flat().map((type) => WORDS[type] ?? type);
  return `${types.join(' or ')}${range}`;
}
