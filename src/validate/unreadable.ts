import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecordFile, parseStreamFile } from '../core/layout.js';
import type { RunDirectory } from '../io/run-directory.js';

/**
 * Record files that cannot be opened, with the reason; these the reader is not given. Of Parquet files the reader
 * says so itself.
 */
export async function unreadableParts({ path, names }: RunDirectory): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of names.filter(isRecordFile)) {
    if (parseStreamFile(name)?.format === 'parquet') continue;
    const reason = await whyUnreadable(join(path, name));
    if (reason !== null) found.set(name, reason);
  }
  return found;
}

/** Why a file cannot be opened; null when it can. */
export async function whyUnreadable(path: string): Promise<string | null> {
  try {
    if (!(await stat(path)).isFile()) return 'this is not a file';
    await (await open(path, 'r')).close();
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return 'a link that leads nowhere';
    return code === 'EACCES' ? 'permission denied' : message;
  }
}
