/** A plan in the making: all that its two texts are written from. */
import type { Aim } from './aim.ts';
import type { Seen } from './look.ts';
import type { Feature, LeftOut } from './roles.ts';
import type { When } from './when.ts';

export interface Draft {
  readonly model: string;
  /** The user of this machine, until a person writes who it is. */
  readonly owner: string;
  /** The source's name in features.sql. */
  readonly table: string;
  /** As the plan names the file. */
  readonly uri: string;
  readonly format?: string;
  readonly seen: Seen;
  readonly aim: Aim;
  /** What the label is called among the features. */
  readonly label: string;
  readonly features: readonly Feature[];
  readonly leftOut: readonly LeftOut[];
  /** The file's names of columns → those of the plan. */
  readonly names: ReadonlyMap<string, string>;
  readonly when?: When;
  /** Columns that a copy of the file calls otherwise; there is one when there are any. */
  readonly renamed: readonly string[];
  readonly group?: string;
  /** Why the split is not by time though there is a time column. */
  readonly notByTime?: string;
  /** Values of the texts that have few: what is expected of them. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Rows of the test part, once that is known. */
  readonly testRows: number;
  /** Of a regression the label's standard deviation. */
  readonly deviation?: number;
}

/** The columns that a request carries, by the file's names. */
export const inputsOf = ({ features }: Pick<Draft, 'features'>): string[] => [
  ...new Set(features.map(({ column }) => column)),
];

/** The plan's name of a column of the file. */
export const named = ({ names }: Pick<Draft, 'names'>, column: string): string => names.get(column) ?? column;

/** Text of other people's data as a comment can hold it. */
export const remark = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
