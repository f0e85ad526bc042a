import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { STREAM_NAMES, jsonlParts } from '../core/layout.js';
import type { RunDirectory } from '../io/run-directory.js';

/** JSONL parts that cannot be opened, with the reason; the reader would stop at the first, these it is not given. */
export async function unreadableParts({ path, names }: RunDirectory): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of STREAM_NAMES.flatMap((stream) => jsonlParts(stream, names))) {
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
