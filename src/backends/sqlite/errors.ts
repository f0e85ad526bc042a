import { CaptureError } from '../../core/errors.js';
import { ioError } from '../../io/io-error.js';

/** SQLite's name of what happened, such as SQLITE_BUSY_SNAPSHOT; empty for errors that are not its own. */
export function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** An error of SQLite as one line: what we were doing, what it said, the way out. */
export function sqliteError(doing: string, error: unknown): CaptureError {
  const code = codeOf(error);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new CaptureError('busy', `${doing}: another process has it open`, {
      hint: 'end that process, or raise record.storage.sqlite.connection_timeout',
      cause: error,
    });
  }
  if (code === 'SQLITE_FULL')
    return ioError(doing, Object.assign(new Error('full', { cause: error }), { code: 'ENOSPC' }));
  return ioError(doing, error);
}
