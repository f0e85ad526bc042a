import type { Batch, Column } from './batch.js';
import { texts } from './batch.js';

function columnRows(column: Column | null, from: number, to: number): Column | null {
  if (column === null) return null;
  if ('codes' in column) return { codes: column.codes.subarray(from, to), dictionary: column.dictionary };
  if ('width' in column) {
    const { width, values } = column;
    return { width, values: values.subarray(from * width, to * width) };
  }
  return column.subarray(from, to);
}

/** Rows [from, to) as a batch of their own, on the same memory. */
export function sliceRows(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.rows) return batch;
  const columns = Object.fromEntries(
    Object.entries(batch.columns).map(([name, column]) => [name, columnRows(column, from, to)]),
  );
  return { stream: batch.stream, rows: to - from, columns };
}

/** Consecutive rows of one episode. */
export interface EpisodeRange {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** A batch cut where the episode changes. */
export function* episodeRanges(batch: Batch): Generator<EpisodeRange> {
  const { codes, dictionary } = texts(batch, 'episode_id')!;
  for (let from = 0, to = 0; from < batch.rows; from = to) {
    while (to < batch.rows && codes[to] === codes[from]) to++;
    yield { id: dictionary[codes[from]!]!, from, to };
  }
}
