import type { Column, StepBatch } from '../core/batch.js';

/**
 * Keeps of the rows from `from` on the steps 1, 1 + interval, … and the one that ends the episode, and moves them
 * together. Contract: the rows are consecutive steps of one episode, as a simulation fills them; how an episode is
 * cut into such pieces makes no difference.
 */
export function thin(batch: StepBatch, from: number, interval: number): void {
  const { columns, rows } = batch;
  if (rows <= from || interval === 1) return;
  const last = rows - 1;
  const sinceKept = (columns.step[from]! - 1) % interval;
  const first = sinceKept === 0 ? from : from + interval - sinceKept;
  const regular = Math.max(0, Math.ceil((rows - first) / interval));
  const ends = columns.terminated[last] === 1 || columns.truncated[last] === 1;
  const keepsLast = ends && (last - first) % interval !== 0;
  for (const column of Object.values<Column | null>(columns)) {
    if (column === null) continue;
    const { values, width } = lanesOf(column);
    let to = from * width;
    for (let row = first; row < rows; row += interval) {
      for (let i = 0; i < width; i++) values[to++] = values[row * width + i]!;
    }
    if (keepsLast) for (let i = 0; i < width; i++) values[to++] = values[last * width + i]!;
  }
  batch.rows = from + regular + (keepsLast ? 1 : 0);
}

/** The array a column lies in, and how many of its values are a row. */
function lanesOf(column: Column): { values: Float64Array | Uint8Array | Int32Array; width: number } {
  if ('codes' in column) return { values: column.codes, width: 1 };
  return 'width' in column ? column : { values: column, width: 1 };
}
