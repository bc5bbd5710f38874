/**
 * What kind of mistake it is, for those who must answer by a status. `refused`: as things stand it may not be done;
 * `missing`: there is no such thing; `wrong`: what was given cannot be used; `unanswered`: nobody answers now, and it may
 * be otherwise in a moment; `elsewhere`: another service refuses, or is not set up.
 */
export type UserErrorKind = 'refused' | 'missing' | 'wrong' | 'unanswered' | 'elsewhere';

/** An error of the person who asks: it says what is wrong and what mends it. Never a bug: those keep their stack. */
export class UserError extends Error {
  readonly hint: string;
  readonly kind: UserErrorKind;

  constructor(message: string, hint: string, kind: UserErrorKind = 'refused') {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
    this.kind = kind;
  }
}
