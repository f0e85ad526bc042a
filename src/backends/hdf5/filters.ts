import { CaptureError } from '../../core/errors.js';
import type { Hdf5Options } from '../storage.js';

/** A filter of HDF5: its number and parameters. */
export interface Filter {
  readonly id: number;
  readonly parameters: readonly number[];
}

/** How datasets lie in the file. */
export interface DatasetLayout {
  /** Rows of a chunk; null stores a dataset in one piece, or in one chunk when there is a filter. */
  readonly chunkRows: number | null;
  readonly filter: Filter | null;
}

const DEFAULT_LEVEL = 4;

const UNABLE = {
  lzf: 'lzf is not in the HDF5 library this program uses',
  szip: 'szip fails on short columns in the HDF5 library this program uses',
} as const;
const KEY = 'record.storage.hdf5';
const POSSIBLE = 'choose one of compression=gzip, shuffle=true, fletcher32=true';

/**
 * The layout that options ask for.
 * @throws CaptureError `config` for what the library cannot do, and for what would have no effect
 */
export function datasetLayout(options: Hdf5Options): DatasetLayout {
  const { compression, compression_opts: level, chunk_size: chunkRows, shuffle, fletcher32 } = options;
  if (compression !== null && compression !== 'gzip') {
    throw new CaptureError('config', `${KEY}.compression: ${UNABLE[compression]}`, { hint: POSSIBLE });
  }
  const asked = [
    ...(compression === null ? [] : [`compression=${compression}`]),
    ...(shuffle ? ['shuffle=true'] : []),
    ...(fletcher32 ? ['fletcher32=true'] : []),
  ];
  if (asked.length > 1) {
    throw new CaptureError('config', `${KEY}: a dataset can have one filter, not ${asked.join(' and ')}`, {
      hint: POSSIBLE,
    });
  }
  if (level !== null && compression !== 'gzip') {
    throw new CaptureError(
      'config',
      `${KEY}.compression_opts=${level} is the level of gzip, and gzip is not chosen`,
      {
        hint: `set ${KEY}.compression=gzip, or leave the level out`,
      },
    );
  }
  return { chunkRows, filter: filterOf(options) };
}

function filterOf(options: Hdf5Options): Filter | null {
  const { compression, compression_opts: level, shuffle, fletcher32 } = options;
  if (compression === 'gzip') return { id: 1, parameters: [level ?? DEFAULT_LEVEL] };
  if (shuffle) return { id: 2, parameters: [] };
  return fletcher32 ? { id: 3, parameters: [] } : null;
}
