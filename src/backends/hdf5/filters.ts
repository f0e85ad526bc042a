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

export interface FilterProblem {
  /** Under `record.storage.hdf5`; empty for the section as a whole. */
  key: string[];
  message: string;
  hint: string;
}

/** What of the options the library cannot do, or would have no effect; null when they go together. */
export function filterProblem(options: Hdf5Options): FilterProblem | null {
  const { compression, compression_opts: level, shuffle, fletcher32 } = options;
  if (compression !== null && compression !== 'gzip') {
    return { key: ['compression'], message: UNABLE[compression], hint: POSSIBLE };
  }
  const asked = [
    ...(compression === null ? [] : [`compression=${compression}`]),
    ...(shuffle ? ['shuffle=true'] : []),
    ...(fletcher32 ? ['fletcher32=true'] : []),
  ];
  if (asked.length > 1) {
    return { key: [], message: `a dataset can have one filter, not ${asked.join(' and ')}`, hint: POSSIBLE };
  }
  if (level !== null && compression !== 'gzip') {
    return {
      key: ['compression_opts'],
      message: `${level} is the level of gzip, and gzip is not chosen`,
      hint: `set ${KEY}.compression=gzip, or leave the level out`,
    };
  }
  return null;
}

/**
 * The layout that options ask for.
 * @throws CaptureError `config` for what the library cannot do, and for what would have no effect
 */
export function datasetLayout(options: Hdf5Options): DatasetLayout {
  const problem = filterProblem(options);
  if (problem === null) return { chunkRows: options.chunk_size, filter: filterOf(options) };
  const { key, message, hint } = problem;
  throw new CaptureError('config', `${[KEY, ...key].join('.')}: ${message}`, { hint });
}

function filterOf(options: Hdf5Options): Filter | null {
  const { compression, compression_opts: level, shuffle, fletcher32 } = options;
  if (compression === 'gzip') return { id: 1, parameters: [level ?? DEFAULT_LEVEL] };
  if (shuffle) return { id: 2, parameters: [] };
  return fletcher32 ? { id: 3, parameters: [] } : null;
}
