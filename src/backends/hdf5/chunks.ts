import type { DatasetLayout, Filter } from './filters.js';

/** Values of a chunk of a dataset whose rows are not known in advance. */
const LONG_CHUNK_VALUES = 16_384;
/** A chunk is held in memory whole, when it is written and when it is read. */
const MOST_CHUNK_VALUES = 1 << 22;

export interface Chunks {
  /** Null stores the dataset in one piece, without a filter. */
  readonly rows: number | null;
  readonly filter: Filter | null;
}

/**
 * How a dataset is cut.
 *
 * @param width values of a row
 * @param more whether rows may be added
 */
export function chunksOf(
  { chunkRows, filter }: DatasetLayout,
  rows: number,
  width: number,
  more: boolean,
): Chunks {
  if (!more && (rows === 0 || width === 0 || (chunkRows === null && filter === null))) {
    return { rows: null, filter: null };
  }
  const values = Math.max(1, width);
  const wanted = chunkRows ?? (more ? Math.ceil(LONG_CHUNK_VALUES / values) : rows);
  const most = Math.floor(MOST_CHUNK_VALUES / values);
  const held = Math.max(1, Math.min(wanted, most));
  return { rows: more ? held : Math.min(held, rows), filter };
}
