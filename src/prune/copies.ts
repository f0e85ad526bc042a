import { stat } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import { ioError } from '../io/io-error.js';

/**
 * A copy that is to outlive its original is a file of its own: a link to the original, or the original under another
 * path, has the same hash and would go with it. A link to elsewhere, as DVC makes, is one.
 *
 * @throws CaptureError `input` when it is none, `io`
 */
export async function requireCopy(original: string, copy: string): Promise<void> {
  const [from, to] = await Promise.all([original, copy].map((path) => stat(path))).catch((error: unknown) => {
    throw ioError(`cannot compare ${original} with ${copy}`, error);
  });
  const refuse = (what: string): never => {
    throw new CaptureError('input', `${copy} is ${what}`, { hint: 'move it away' });
  };
  if (!to!.isFile()) refuse('not a file');
  if (from!.ino === to!.ino && from!.dev === to!.dev) refuse(`no copy but ${original} itself`);
}
