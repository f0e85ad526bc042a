import assert from 'node:assert/strict';
import { createBatch, type Batch, type Column, type ListColumn, type TextColumn } from '../core/batch.js';
import type { ColumnSchema, StreamSchema } from '../core/streams.js';

/** Null where the column is null in every row. */
export type Value = number | string | readonly number[] | null;
export type Row = Readonly<Record<string, Value>>;

/** Rows as a batch; a column that is null in the first is null in all. */
export function toBatch(stream: StreamSchema, rows: readonly Row[], listWidth: number): Batch {
  const batch = createBatch(stream, rows.length, listWidth);
  batch.rows = rows.length;
  for (const { name, type } of stream.columns) {
    if (rows[0]?.[name] === null) batch.columns[name] = null;
    else rows.forEach((row, i) => setValue(batch.columns[name]!, type, i, row[name]!, listWidth));
  }
  return batch;
}

function setValue(
  column: Column,
  type: ColumnSchema['type'],
  row: number,
  value: Value,
  width: number,
): void {
  if (type === 'text') {
    const { codes, dictionary } = column as TextColumn;
    const code = dictionary.indexOf(value as string);
    codes[row] = code >= 0 ? code : dictionary.push(value as string) - 1;
  } else if (type === 'floats') (column as ListColumn).values.set(value as number[], row * width);
  else (column as Float64Array)[row] = value as number;
}

/** Overwrites what the batch holds, as a caller does that fills it again. */
export function spoil({ columns }: Batch): void {
  for (const column of Object.values(columns)) {
    if (column === null) continue;
    if ('dictionary' in column) {
      column.codes.fill(0);
      column.dictionary.splice(0, Infinity, 'spoilt');
    } else if ('width' in column) column.values.fill(1);
    else column.fill(1);
  }
}

export function fromBatch({ rows, columns, stream }: Batch): Row[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      stream.columns.map(({ name, type }) => [name, valueAt(columns[name] ?? null, type, row)]),
    ),
  );
}

function valueAt(column: Column | null, type: ColumnSchema['type'], row: number): Value {
  if (column === null) return null;
  if (type === 'text') {
    const { codes, dictionary } = column as TextColumn;
    // a code without a text compares unequal to every text
    return dictionary[codes[row]!] ?? `no text for code ${codes[row]}`;
  }
  if (type === 'floats') {
    const { width, values } = column as ListColumn;
    return [...values.subarray(row * width, (row + 1) * width)];
  }
  return (column as Float64Array)[row]!;
}

/** Every value the same, bit for bit; says which row and column is not. */
export function assertRows(stream: StreamSchema, read: readonly Row[], written: readonly Row[]): void {
  for (const [i, row] of read.slice(0, written.length).entries()) {
    for (const { name } of stream.columns) {
      const [actual, expected] = [row[name]!, written[i]![name]!];
      const place = `${stream.name}, row ${i + 1} of ${written.length}, column ${name}`;
      assert.deepStrictEqual(
        actual,
        expected,
        `${place}: read ${shown(actual)}, written was ${shown(expected)}`,
      );
    }
  }
  assert.equal(read.length, written.length, `${stream.name}: rows read, not the rows written`);
}

const shown = (value: Value): string => JSON.stringify(value);
