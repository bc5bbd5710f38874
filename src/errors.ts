/** An error of the person who asks: it says what is wrong and what mends it. Never a bug: those keep their stack. */
export class UserError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
  }
}
