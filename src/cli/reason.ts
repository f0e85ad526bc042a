import { CaptureError } from '../core/errors.js';
import { printable } from './ui.js';

/** In characters: a reason is a line in a listing. */
const LONGEST_REASON = 500;

/**
 * What somebody gives as the reason of something.
 * @throws CaptureError `usage` for what is no line
 */
export function requireReason(reason: string, hint: string): void {
  const { length } = [...reason];
  const fault =
    reason.trim() === ''
      ? 'it is empty'
      : printable(reason) !== reason
        ? 'it has line breaks or other control characters'
        : length > LONGEST_REASON
          ? `it has ${length}`
          : null;
  if (fault === null) return;
  throw new CaptureError(
    'usage',
    `--reason: expected a line of at most ${LONGEST_REASON} characters; ${fault}`,
    { hint },
  );
}
