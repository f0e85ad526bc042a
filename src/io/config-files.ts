import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { ioError } from './io-error.js';

/** `other` is what can be waited on for ever: a pipe, a device, a socket. */
export type EntryKind = 'file' | 'directory' | 'other' | null;

/** More bytes than any config file has. */
const MAX_BYTES = 1_000_000;

/** What lies at a path, links followed; null when nothing is there, or only a link that leads back to itself. */
export function entryKind(path: string): EntryKind {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'directory';
    return stats.isFile() ? 'file' : 'other';
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG') return null;
    throw unreadable(path, cause);
  }
}

/** Names in a directory, sorted; empty when it is none. */
export function listDirectory(path: string): string[] {
  if (entryKind(path) !== 'directory') return [];
  try {
    return readdirSync(path).sort();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Where a path really lies, to know it again behind a link; the path itself when that cannot be told. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** @throws CaptureError of kind config when the file cannot be read, is too large, or is not UTF-8 */
export function readConfigText(path: string): string {
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_BYTES) throw tooLarge(path);
    bytes = readFileSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CaptureError('config', `${displayPath(path)} is not UTF-8 text`, {
      hint: 'save it as UTF-8',
      cause,
    });
  }
}

const tooLarge = (path: string): CaptureError =>
  new CaptureError('config', `${displayPath(path)} is larger than ${MAX_BYTES / 1e6} MB`, {
    hint: 'that is no config file; data is named in one by its path',
  });

function unreadable(path: string, cause: unknown): CaptureError {
  const { message, hint } = ioError(`cannot read ${displayPath(path)}`, cause);
  return cause instanceof CaptureError ? cause : new CaptureError('config', message, { hint, cause });
}

/** A path as messages show it: relative when it lies under the working directory. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
