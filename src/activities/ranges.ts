/** What a plan wants tuned, as SageMaker is told it. */
import type { Range } from '../aws/tuning-jobs.ts';
import { HYPERPARAMETERS } from '../plan/hyperparameters.ts';
import type { Candidate } from '../plan/schema.ts';

type Parameters = NonNullable<Candidate['tune']>['parameters'];

const SCALES = { linear: 'Linear', log: 'Logarithmic', 'reverse-log': 'ReverseLogarithmic' } as const;

/** Values that are listed go as JSON, as the script's toolkit reads them. */
export function rangesOf(algorithm: Candidate['algorithm'], parameters: Parameters): Range[] {
  const known = HYPERPARAMETERS[algorithm];
  return Object.entries(parameters).map(([name, range]): Range => {
    if (!Array.isArray(range) && 'values' in range)
      return { name, values: range.values.map((value) => JSON.stringify(value)) };
    const {
      min,
      max,
      scale = 'linear',
      whole,
    } = Array.isArray(range) ? { min: range[0], max: range[1], whole: undefined } : range;
    // A script's own parameter of two whole numbers is one that counts something.
    const counted = known ? known[name]?.whole === true : Number.isInteger(min) && Number.isInteger(max);
    return { name, whole: whole ?? counted, min, max, scale: SCALES[scale] };
  });
}
