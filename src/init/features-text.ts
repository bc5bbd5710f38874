/** The first features.sql, as a person would write it. Pure. */
import { some } from '../data/words.ts';
import { type Draft, named, remark } from './draft.ts';
import { bare } from './names.ts';

/** Longer expressions don't move the names of the others to the right. */
const WIDEST = 48;

export function featuresText(draft: Draft): string {
  const { table, aim, label, features, leftOut } = draft;
  const of = (column: string) => `${bare(table)}.${bare(named(draft, column))}`;
  const rows = [
    { sql: aim.expression(of(aim.column.name)), name: label, note: 'what is to be predicted' },
    ...features.map(({ column, name, sql, note }) => ({ sql: sql(of(column)), name, note })),
  ];
  const width = Math.max(...rows.map(({ sql }) => sql.length).filter((length) => length <= WIDEST), 0);
  const lines = rows.map(
    ({ sql, name, note }, at) =>
      `  ${sql.padEnd(width)} AS ${bare(name)}${at === rows.length - 1 ? '' : ','}${note ? ` -- ${note}` : ''}`,
  );
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  const out = reasons.map((reason) => {
    const columns = leftOut.flatMap(({ column, why }) => (why === reason ? [column] : []));
    return `--   ${remark(some(columns))}: ${remark(reason)}`;
  });
  return [
    `-- One row of \`${table}\` to one row of features. The same statement prepares training rows and answers requests.`,
    '-- `row_id` goes through untouched: it ties features to their row wherever this runs.',
    ...(out.length > 0 ? ['-- Left out, each with the reason:', ...out] : []),
    'SELECT',
    `  ${bare(table)}.row_id,`,
    ...lines,
    `FROM ${bare(table)}`,
    '',
  ].join('\n');
}
