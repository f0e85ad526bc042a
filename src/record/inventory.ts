import { join } from 'node:path';
import { manifestFile } from '../core/manifest.js';
import type { WrittenFile } from '../core/ports.js';
import type { ManifestFile } from '../core/records.js';
import { hashFile } from '../io/file-hash.js';

/** The manifest's entries of the files a run's writers closed and of the small files beside them. */
export async function inventory(
  directory: string,
  written: readonly WrittenFile[],
  metaFiles: readonly string[],
): Promise<ManifestFile[]> {
  const meta = await Promise.all(
    metaFiles.map(async (path) => ({ path, rows: null, ...(await hashFile(join(directory, path))) })),
  );
  return [...meta, ...written].map(manifestFile);
}
