import type { Skipped } from '../catalog/find-runs.js';
import { EXIT } from './exit-codes.js';
import { printable, type Output } from './ui.js';

export const unread = (skipped: readonly Skipped[]): Skipped[] =>
  skipped.filter(({ isUnread }) => isUnread === true);

/** Says what was skipped. @returns the exit code: what could not be read may hold runs */
export function told(skipped: readonly Skipped[], io: Output): number {
  for (const { path, reason } of skipped) io.stderr(`skipped ${printable(`${path}: ${reason}`)}\n`);
  return unread(skipped).length > 0 ? EXIT.partial : EXIT.done;
}
