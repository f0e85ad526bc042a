import type { CaptureError } from '../core/errors.js';

/** An error for where it stands among others: what is wrong and the way out on one line. */
export function errorLine({ message, hint }: CaptureError): string {
  const text = message.replaceAll(/\n\s*/g, '; ');
  return hint === undefined ? text : `${text} (${hint})`;
}
