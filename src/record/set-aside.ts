import { createStepBatch, type Column, type StepBatch } from '../core/batch.js';

/** Rows [from, to) of steps, all of one episode, as a batch on memory of its own. */
export function setAside(batch: StepBatch, from: number, to: number): StepBatch {
  const rows = to - from;
  const copy = createStepBatch(0, batch.columns.observation_summary?.width ?? 0, batch.stream);
  const target = copy.columns as Record<string, Column | null>;
  for (const [name, column] of Object.entries<Column | null>(batch.columns)) {
    if (column === null) target[name] = null;
    else if ('codes' in column) {
      // one episode has one value of each text
      target[name] = { codes: new Int32Array(rows), dictionary: [column.dictionary[column.codes[from]!]!] };
    } else if ('width' in column) {
      const { width, values } = column;
      target[name] = { width, values: values.slice(from * width, to * width) };
    } else target[name] = column.slice(from, to);
  }
  copy.rows = rows;
  return copy;
}
