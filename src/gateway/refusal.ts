/** An answer that is not a prediction: a status, a code for the log, and a message for the caller. */
export class Refusal extends Error {
  readonly status: number;
  /** For the log, which never sees the message: a message may quote the payload. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
