/**
 * What went wrong, in the terms the exit code needs (cli/main maps each kind once).
 *
 * - `usage`: the command line; `config`: a config file, key or value; `input`: a file or folder we were given
 * - `partial`: some of the work is done and stays; `busy`: another process holds the run
 * - `io`: disk, permissions, out of space
 */
export type ErrorKind = 'usage' | 'config' | 'input' | 'partial' | 'busy' | 'io';

/** The one error a user is meant to see: one line that names the file, key or value, and the way out. */
export class CaptureError extends Error {
  readonly kind: ErrorKind;
  /** What to do about it; printed after the message on the same line. */
  readonly hint: string | undefined;
  /** Lines for below the message: the text that is wrong, and a caret under the place. */
  readonly drawing: string | undefined;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { hint?: string | undefined; cause?: unknown; drawing?: string | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CaptureError';
    this.kind = kind;
    this.hint = options.hint;
    this.drawing = options.drawing;
  }
}
