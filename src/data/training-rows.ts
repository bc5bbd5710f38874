/** The rows that everything is fitted on: the training part, before it is sampled. */
import { permanent } from '../failures.ts';
import { ROW_ID } from './land.ts';
import { RAW } from './raw.ts';
import { SPLIT } from './split.ts';
import { identifier } from './sql.ts';

// A semi join brings no column of its own, which a feature might be called like.
export const TRAINING = `${identifier(RAW)} SEMI JOIN (FROM ${SPLIT} WHERE part = 0) USING (${ROW_ID})`;

export const valueless = (name: string): Error =>
  permanent(
    'DataUnusable',
    `features.sql: feature "${name}" has no value in the training part; leave it out, or widen the window of the data`,
  );
