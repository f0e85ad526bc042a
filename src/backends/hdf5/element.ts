import type { ListColumn } from '../../core/batch.js';
import { int64At, putInt64 } from '../../core/int64.js';
import type { ColumnSchema } from '../../core/streams.js';
import { ColumnError } from './errors.js';
import type { Described, ElementType } from './library.js';
import type { Scratch } from './scratch.js';

type NumericType = Exclude<ColumnSchema['type'], 'text'>;
/** A column that a dataset can hold. */
export type Values = Float64Array | Uint8Array | ListColumn;

const INT64: ElementType = { type: 0, size: 8, signed: true, vlen: false };
const FLOAT64: ElementType = { type: 1, size: 8, signed: true, vlen: false };
/** HDF5 has no booleans of its own. */
const INT8: ElementType = { type: 0, size: 1, signed: true, vlen: false };
export const VLEN_TEXT: ElementType = { type: 3, size: 4, signed: false, vlen: true };
export const fixedText = (bytes: number): ElementType => ({
  type: 3,
  size: bytes,
  signed: false,
  vlen: false,
});

const ELEMENTS: Readonly<Record<NumericType, ElementType>> = {
  int: INT64,
  float: FLOAT64,
  floats: FLOAT64,
  bool: INT8,
};
const EXPECTED = { int: 'int64', float: 'float64', floats: 'float64', bool: 'int8' } as const;

/** High words of safe integers: -(2^53) to 2^53. */
const SAFE_HIGH = 1 << 21;

export const elementOf = ({ type }: ColumnSchema): ElementType => ELEMENTS[type as NumericType];

/** @throws ColumnError when a dataset or attribute has another element type than its column */
export function requireElement({ name, type }: ColumnSchema, found: Described): void {
  const { type: kind, size, signed } = ELEMENTS[type as NumericType];
  const same = found.type === kind && found.size === size && !found.vlen;
  if (same && (kind === 1 || found.signed === signed)) return;
  throw new ColumnError(`column ${name} is not ${EXPECTED[type as NumericType]}`);
}

/** Copies rows [0, rows) of a column to the scratch place; an int becomes its int64. @returns where they lie */
export function store(column: Values, { type }: ColumnSchema, rows: number, to: Scratch): number {
  const count = 'width' in column ? rows * column.width : rows;
  const place = to.reserve(8 * count);
  if (column instanceof Uint8Array) to.bytes(count).set(column.subarray(0, count));
  else {
    const values = 'width' in column ? column.values : column;
    if (type === 'int') storeInts(values, to.words(2 * count));
    else to.floats(count).set(values.subarray(0, count));
  }
  return place;
}

function storeInts(values: Float64Array, words: Int32Array): void {
  for (let i = 0; 2 * i < words.length; i++) putInt64(words, 2 * i, values[i]!);
}

/**
 * Copies `count` values from the scratch place to a column, from value `at` on.
 * @throws ColumnError for an integer beyond 2^53, or a boolean that is neither 0 nor 1
 */
export function fetch(
  { name, type }: ColumnSchema,
  count: number,
  from: Scratch,
  column: Float64Array | Uint8Array,
  at: number,
): void {
  if (type === 'bool') {
    const bytes = from.bytes(count);
    for (let i = 0; i < count; i++) {
      if (bytes[i]! > 1) throw new ColumnError(`column ${name} has a value that is neither 0 nor 1`);
      column[at + i] = bytes[i]!;
    }
  } else if (type === 'int') {
    const words = from.words(2 * count);
    for (let i = 0; i < count; i++) {
      const high = words[2 * i + 1]!;
      if (high < -SAFE_HIGH || high >= SAFE_HIGH)
        throw new ColumnError(`column ${name} has an integer beyond 2^53`);
      column[at + i] = int64At(words, 2 * i);
    }
  } else {
    const floats = from.floats(count);
    // a batch has no −0
    for (let i = 0; i < count; i++) column[at + i] = floats[i]! + 0;
  }
}
