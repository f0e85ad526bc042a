import { HDF5_FILE, leftoverOf, parseStreamFile, REJECTED_FOLDER, SQLITE_FILE } from './layout.js';

/** What takes room among results, in the order in which it is told: steps and episodes are JSON lines. */
export const ARTIFACT_KINDS = [
  'steps',
  'episodes',
  'parquet',
  'hdf5',
  'sqlite',
  'rejected',
  'other',
] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** An HDF5 file until it has been read back. */
const UNFINISHED_HDF5 = /^\.run\.h5\.\d+$/;

/**
 * What a file among results is, finished or not.
 * @param path of the file in its run directory, or in any folder above; folders end with `/`
 */
export function artifactKind(path: string): ArtifactKind {
  const folders = path.split('/');
  const name = folders.pop()!;
  if (folders.includes(REJECTED_FOLDER)) return 'rejected';
  const file = parseStreamFile(name.replace(/\.parquet\.tmp$/, '.parquet'));
  if (file !== null) return file.format === 'parquet' ? 'parquet' : file.stream;
  if (name === HDF5_FILE || UNFINISHED_HDF5.test(name)) return 'hdf5';
  if (name === SQLITE_FILE || leftoverOf(name) === 'journal') return 'sqlite';
  return 'other';
}

/** Files and their bytes, by kind. */
export type KindSizes = Record<ArtifactKind, { files: number; bytes: number }>;

export const noSizes = (): KindSizes =>
  Object.fromEntries(ARTIFACT_KINDS.map((kind) => [kind, { files: 0, bytes: 0 }])) as KindSizes;

/** Adds what is in `more` to `sizes`. */
export function addSizes(sizes: KindSizes, more: KindSizes): void {
  for (const kind of ARTIFACT_KINDS) {
    sizes[kind].files += more[kind].files;
    sizes[kind].bytes += more[kind].bytes;
  }
}

export const totalBytes = (sizes: KindSizes): number =>
  ARTIFACT_KINDS.reduce((sum, kind) => sum + sizes[kind].bytes, 0);
