import type { Data, Table } from 'apache-arrow';
import type { Batch, Column, ListColumn, TextColumn } from '../../core/batch.js';
import type { ColumnSchema } from '../../core/streams.js';

type Arrow = typeof import('apache-arrow');

const TWO_32 = 4294967296;

function int64(values: Float64Array, rows: number): BigInt64Array {
  const result = new BigInt64Array(rows);
  const words = new Int32Array(result.buffer);
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    // exact modulo 2^32 for safe integers
    words[2 * i] = value | 0;
    words[2 * i + 1] = Math.floor(value / TWO_32);
  }
  return result;
}

function bits(values: Uint8Array, rows: number): Uint8Array {
  const result = new Uint8Array(Math.ceil(rows / 8));
  for (let i = 0; i < rows; i++) {
    if (values[i] === 1) result[i >> 3]! |= 1 << (i & 7);
  }
  return result;
}

/** A column as Arrow data: int64, float64, bool, dictionary-coded utf8 or list of float64. */
function arrowData(
  arrow: Arrow,
  { type, name }: ColumnSchema,
  column: Column | null,
  length: number,
  id: number,
): Data {
  if (column === null) return nulls(arrow, type, name, length);
  switch (type) {
    case 'int':
      return arrow.makeData({ type: new arrow.Int64(), length, data: int64(column as Float64Array, length) });
    case 'float':
      return arrow.makeData({
        type: new arrow.Float64(),
        length,
        data: (column as Float64Array).slice(0, length),
      });
    case 'bool':
      return arrow.makeData({ type: new arrow.Bool(), length, data: bits(column as Uint8Array, length) });
    case 'text': {
      const { codes, dictionary } = column as TextColumn;
      // an id of its own, so that two columns never share a dictionary
      const coded = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), id);
      const values = arrow.vectorFromArray(dictionary, new arrow.Utf8());
      return arrow.makeData({ type: coded, length, data: codes.slice(0, length), dictionary: values });
    }
    case 'floats': {
      const { width, values } = column as ListColumn;
      const element = new arrow.Float64();
      const child = arrow.makeData({
        type: element,
        length: length * width,
        data: values.slice(0, length * width),
      });
      const list = new arrow.List(new arrow.Field('element', element, false));
      return arrow.makeData({ type: list, length, valueOffsets: offsets(length, width), child });
    }
  }
}

function offsets(rows: number, width: number): Int32Array {
  return Int32Array.from({ length: rows + 1 }, (_, i) => i * width);
}

/** Only float columns are nullable in the schemas there are. */
function nulls(arrow: Arrow, type: ColumnSchema['type'], name: string, length: number): Data {
  if (type !== 'float') throw new Error(`column ${name} of type ${type} cannot be null`);
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  const data = new Float64Array(length);
  return arrow.makeData({ type: new arrow.Float64(), length, nullCount: length, nullBitmap, data });
}

/** Rows of a batch as a one-batch Arrow table; columns are copied, so the batch may be reused. */
export function arrowTable(arrow: Arrow, { rows, stream, columns }: Batch): Table {
  const children = stream.columns.map((column, i) =>
    arrowData(arrow, column, columns[column.name] ?? null, rows, i),
  );
  const fields = stream.columns.map(
    (column, i) => new arrow.Field(column.name, children[i]!.type, column.nullable === true),
  );
  const schema = new arrow.Schema(fields);
  const struct = arrow.makeData({ type: new arrow.Struct(fields), length: rows, children });
  return new arrow.Table(schema, [new arrow.RecordBatch(schema, struct)]);
}
