import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { CaptureError } from '../core/errors.js';

type EntryKind = 'file' | 'directory' | null;

/** What lies at a path, links followed; null when nothing is there. */
export function entryKind(path: string): EntryKind {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file';
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unreadable(path, cause);
  }
}

/** Names in a directory, sorted; empty when it is none. */
export function listDirectory(path: string): string[] {
  return entryKind(path) === 'directory' ? readdirSync(path).sort() : [];
}

/** @throws CaptureError of kind config when the file cannot be read or is not UTF-8 */
export function readConfigText(path: string): string {
  let bytes: Buffer;
  try {
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

function unreadable(path: string, cause: unknown): CaptureError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
  return new CaptureError('config', `cannot read ${displayPath(path)} (${reason})`, { cause });
}

/** A path as messages show it: relative when it lies under the working directory. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}
