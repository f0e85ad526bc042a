import type { Batch, Column, ListColumn, TextColumn } from './batch.js';
import { shown } from './findings.js';
import type { ColumnSchema } from './streams.js';

/** `count` rows of a batch from row `at`. */
export interface Rows {
  batch: Batch;
  at: number;
}

function firstNumber(
  a: Float64Array | Uint8Array,
  aAt: number,
  b: Float64Array | Uint8Array,
  bAt: number,
  count: number,
): number {
  for (let i = 0; i < count; i++) if (a[aAt + i] !== b[bAt + i]) return i;
  return -1;
}

function firstText(a: TextColumn, aAt: number, b: TextColumn, bAt: number, count: number): number {
  // Equal text has one code on each side, so a pair of codes found equal stays so.
  let aCode = -1;
  let bCode = -1;
  for (let i = 0; i < count; i++) {
    if (a.codes[aAt + i] === aCode && b.codes[bAt + i] === bCode) continue;
    aCode = a.codes[aAt + i]!;
    bCode = b.codes[bAt + i]!;
    if (a.dictionary[aCode] !== b.dictionary[bCode]) return i;
  }
  return -1;
}

function firstList(a: ListColumn, aAt: number, b: ListColumn, bAt: number, count: number): number {
  const { width } = a;
  if (width !== b.width) return 0;
  const at = firstNumber(a.values, aAt * width, b.values, bAt * width, count * width);
  return at < 0 ? -1 : Math.floor(at / width);
}

const column = (rows: Rows, { name }: ColumnSchema): Column | null => rows.batch.columns[name] ?? null;

/** The first of `count` rows whose values of a column differ; −1 when all are equal to the last bit. */
export function firstDifference(schema: ColumnSchema, a: Rows, b: Rows, count: number): number {
  const x = column(a, schema);
  const y = column(b, schema);
  if (x === null || y === null) return x === y ? -1 : 0;
  switch (schema.type) {
    case 'text':
      return firstText(x as TextColumn, a.at, y as TextColumn, b.at, count);
    case 'floats':
      return firstList(x as ListColumn, a.at, y as ListColumn, b.at, count);
    default:
      return firstNumber(x as Float64Array, a.at, y as Float64Array, b.at, count);
  }
}

/** A value as it looks in a message. */
export function valueText(schema: ColumnSchema, { batch, at }: Rows): string {
  const values = batch.columns[schema.name] ?? null;
  if (values === null) return 'null';
  switch (schema.type) {
    case 'text': {
      const { codes, dictionary } = values as TextColumn;
      return shown(dictionary[codes[at]!]!);
    }
    case 'floats': {
      const { width, values: all } = values as ListColumn;
      return shown([...all.subarray(at * width, (at + 1) * width)]);
    }
    case 'bool':
      return String((values as Uint8Array)[at] === 1);
    default:
      return String((values as Float64Array)[at]);
  }
}
