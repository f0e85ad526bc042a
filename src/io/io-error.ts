import { CaptureError } from '../core/errors.js';

const CHECK_DISK = 'check the disk, and run the command again';

const MEANINGS: Record<string, [text: string, hint: string]> = {
  ENOSPC: ['no space left on the device', 'free some space and run the command again'],
  EDQUOT: ['the disk quota is used up', 'free some space and run the command again'],
  EACCES: ['permission denied', 'check the permissions, or choose another folder'],
  ELOOP: ['too many symbolic links', 'check where they lead'],
  EPERM: ['not permitted', 'check the permissions, or choose another folder'],
  EROFS: ['the file system is read-only', 'choose another folder'],
  ENOENT: ['no such file or directory', 'check the path'],
  ENOTDIR: ['a part of the path is a file, not a directory', 'check the path'],
  EISDIR: ['it is a directory', 'check the path'],
  EEXIST: ['it exists already', 'choose another path'],
  EIO: ['input/output error', CHECK_DISK],
  EMFILE: ['too many open files', 'raise the limit (ulimit -n)'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
};

/** A system error as one line: what we were doing, what the system said, the way out. */
export function ioError(doing: string, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // SQLite has words of its own, such as `disk I/O error`
  const hint = code?.startsWith('SQLITE_') === true ? CHECK_DISK : undefined;
  const known = code === undefined ? undefined : MEANINGS[code];
  return known === undefined
    ? new CaptureError('io', `${doing}: ${message}`, { hint, cause: error })
    : new CaptureError('io', `${doing}: ${known[0]}`, { hint: known[1], cause: error });
}
