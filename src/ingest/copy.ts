import { constants } from 'node:fs';
import { chmod, copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { syncFile } from '../io/atomic.js';
import { hashFile } from '../io/file-hash.js';
import { ioError } from '../io/io-error.js';
import type { RunFile } from './plan.js';

/**
 * Copies a file of the run into a folder as a new file of its own (never a link, so that it can neither change with
 * the source nor reach into DVC's cache; blocks are shared where the file system can), on disk when it resolves.
 * @throws CaptureError `busy` when the file is no longer what was validated
 */
export async function copyRunFile(from: string, to: string, file: RunFile): Promise<RunFile> {
  const source = join(from, file.path);
  const target = join(to, file.path);
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    // copyFile takes the mode along, and files that DVC protects are read-only; the folder's mode knows the umask
    await chmod(target, (await stat(to)).mode & 0o666);
    await syncFile(target);
  } catch (error) {
    throw ioError(`cannot copy ${source} to ${target}`, error);
  }
  const { bytes, sha256 } = await hashFile(target);
  if (sha256 !== file.sha256) {
    throw new CaptureError('busy', `${source} changed while it was ingested`, {
      hint: 'ingest it again when nothing writes to the run',
    });
  }
  return { path: file.path, bytes, sha256 };
}
