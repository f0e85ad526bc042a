import { pythonFloat } from '../../core/canonical-json.js';
import type { Batch, ListColumn, TextColumn } from '../../core/batch.js';
import type { ColumnSchema } from '../../core/streams.js';

/** How one column of a batch reads: its values as numbers to compare rows by, and their JSON text. */
export interface Cells {
  /** One array a number of the value: none for a null column, codes for text, `width` arrays for a list. */
  lanes: Float64Array[];
  text(row: number): string;
  /** Most bytes a value's text can take. */
  bytes: number;
}

const FLOAT_BYTES = 25;

export function readCells({ name, type }: ColumnSchema, batch: Batch): Cells {
  const column = batch.columns[name] ?? null;
  if (column === null) return { lanes: [], text: () => 'null', bytes: 4 };
  if (type === 'float' || type === 'int') {
    const values = column as Float64Array;
    const text =
      type === 'float' ? (row: number) => pythonFloat(values[row]!) : (row: number) => String(values[row]!);
    return { lanes: [values], text, bytes: FLOAT_BYTES };
  }
  if (type === 'bool') {
    const values = new Float64Array((column as Uint8Array).subarray(0, batch.rows));
    return { lanes: [values], text: (row) => (values[row] === 1 ? 'true' : 'false'), bytes: 5 };
  }
  if (type === 'text') {
    const { codes, dictionary } = column as TextColumn;
    const longest = dictionary.reduce((most, text) => Math.max(most, text.length), 0);
    // A UTF-16 unit takes at most six bytes of JSON text.
    return {
      lanes: [new Float64Array(codes.subarray(0, batch.rows))],
      text: (row) => JSON.stringify(dictionary[codes[row]!]!),
      bytes: 2 + 6 * longest,
    };
  }
  const { width, values } = column as ListColumn;
  const lanes =
    width === 1 ? [values] : Array.from({ length: width }, (_, i) => everyNth(values, width, i, batch.rows));
  const text = (row: number) => `[${lanes.map((lane) => pythonFloat(lane[row]!)).join(',')}]`;
  return { lanes, text, bytes: 2 + width * (FLOAT_BYTES + 1) };
}

function everyNth(values: Float64Array, width: number, from: number, rows: number): Float64Array {
  const lane = new Float64Array(rows);
  for (let row = 0; row < rows; row++) lane[row] = values[row * width + from]!;
  return lane;
}
