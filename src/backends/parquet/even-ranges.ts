import type { Data, Table, Vector } from 'apache-arrow';
import type { StreamSchema } from '../../core/streams.js';

/** Whether a batch cannot hold both a row and the one before it. */
type Differs = (row: number) => boolean;

/** Null when all rows are null, or none. */
function byNullness(column: Vector): Differs | null {
  if (column.nullCount === 0 || column.nullCount === column.length) return null;
  return (row) => column.isValid(row) !== column.isValid(row - 1);
}

/** Null when all lists are of one width. */
function byWidth(column: Vector): Differs | null {
  const offsets: unknown = (column.data as Data[])[0]?.valueOffsets;
  if (!(offsets instanceof Int32Array)) return null;
  const width = (row: number): number => offsets[row + 1]! - offsets[row]!;
  const differs: Differs = (row) => width(row) !== width(row - 1);
  for (let row = 1; row < column.length; row++) if (differs(row)) return differs;
  return null;
}

/**
 * Row ranges of a record batch in which each nullable column is either null or not, and lists are of one width: a
 * batch of ours cannot hold both. Usually one range.
 */
export function evenRanges(table: Table, { columns }: StreamSchema): [from: number, to: number][] {
  const rows = table.numRows;
  const differences = columns
    .flatMap(({ name, type, nullable }) => {
      const column = table.getChild(name);
      if (column === null) return [];
      return [nullable === true ? byNullness(column) : null, type === 'floats' ? byWidth(column) : null];
    })
    .filter((differs) => differs !== null);
  if (differences.length === 0) return [[0, rows]];
  const ranges: [number, number][] = [];
  for (let from = 0, row = 1; row <= rows; row++) {
    if (row < rows && !differences.some((differs) => differs(row))) continue;
    ranges.push([from, row]);
    from = row;
  }
  return ranges;
}
