/** What cannot be read, told to the person who named it by `--data`: nobody has a plan yet. */
import { ApplicationFailure } from '@temporalio/common';
import { UnusableFile } from '../data/unusable.ts';
import { placeOf } from '../data/words.ts';
import { UserError } from '../errors.ts';

/** Gives a `UserError` for what a person can mend, else the error itself. */
export function asUserError(error: unknown, data: string): unknown {
  const failed = error instanceof ApplicationFailure;
  if (!failed && !(error instanceof UnusableFile)) return error;
  const said = error.message
    .replace(/^collect\.sources\.data \((.*?)\): /, '')
    .replaceAll('the uri in the plan', '--data')
    .replaceAll(
      /(add|correct its) `format[^;]*?(in the plan|to the source)/g,
      'give the file the ending of what it is (.csv, .parquet, .json)',
    )
    .replaceAll(/correct its `format`/g, 'give the file the ending of what it is');
  const at = said.lastIndexOf('; ');
  const [what, mend] =
    at < 0 ? [said, 'look whether it can be reached, then try again'] : [said.slice(0, at), said.slice(at + 2)];
  return new UserError(`${placeOf(data)}: ${what}`, mend);
}
