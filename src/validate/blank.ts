import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFileBesideRecords, isRecordFile, leftoverOf, MANIFEST_FILE } from '../core/layout.js';
import type { RunDirectory } from '../io/run-directory.js';

/**
 * Whether a run is not finished and no record of it has come to the disk yet: its record files, if there are any, are
 * empty, and there are none that a backend of somebody's own may have made.
 */
export async function isBlank({ path, names }: RunDirectory): Promise<boolean> {
  if (names.includes(MANIFEST_FILE)) return false;
  for (const name of names) {
    if (isFileBesideRecords(name)) continue;
    const kind = leftoverOf(name);
    if (kind === 'unfinished') continue;
    if (kind === null && !isRecordFile(name)) return false;
    const stats = await stat(join(path, name)).catch(() => null);
    if (stats === null || !stats.isFile() || stats.size > 0) return false;
  }
  return true;
}
