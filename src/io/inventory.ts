import { join } from 'node:path';
import { parseStreamFile, recordedIn } from '../core/layout.js';
import { manifestFile } from '../core/manifest.js';
import type { WrittenFile } from '../core/ports.js';
import type { ManifestFile } from '../core/records.js';
import { hashFile } from './file-hash.js';

/** The manifest's entries of the files a run is recorded in, of copies made of them and of the files beside. */
export async function inventory(
  directory: string,
  {
    recorded,
    copied,
    beside,
  }: { recorded: readonly WrittenFile[]; copied: readonly WrittenFile[]; beside: readonly WrittenFile[] },
  metaFiles: readonly string[],
): Promise<ManifestFile[]> {
  const meta = await Promise.all(
    metaFiles.map(async (path) => ({ path, rows: null, ...(await hashFile(join(directory, path))) })),
  );
  const names = recorded.map(({ path }) => path);
  return [
    ...meta.map((file) => manifestFile(file)),
    ...recorded.map((file) => manifestFile(file, { role: 'raw' })),
    ...copied.map((file) => {
      const stream = parseStreamFile(file.path)!;
      return manifestFile(file, { derivedFrom: recordedIn(stream.stream, names) ?? names[0] ?? null });
    }),
    ...beside.map((file) => manifestFile(file)),
  ];
}
