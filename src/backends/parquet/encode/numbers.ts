import type { Column } from '../../../core/batch.js';
import { putInt64 } from '../../../core/int64.js';
import {
  codesPage,
  ENCODING,
  type ColumnBuffer,
  type EncodedColumn,
  type Statistics,
  type Workspace,
} from './column.js';
import { bitsFor } from './hybrid.js';
import { LevelRuns } from './levels.js';

/** The bytes of numbers in the file. */
type NumberBytes = (values: Float64Array, count: number) => Uint8Array;

export const float64Bytes: NumberBytes = (values, count) =>
  new Uint8Array(values.buffer, values.byteOffset, 8 * count);

export const int64Bytes: NumberBytes = (values, count) => {
  const words = new Int32Array(2 * count);
  for (let i = 0; i < count; i++) putInt64(words, 2 * i, values[i]!);
  return new Uint8Array(words.buffer);
};

/** Values behind their levels: codes with a dictionary when that is smaller. */
export function encodeNumbers(
  values: Float64Array,
  count: number,
  bytesOf: NumberBytes,
  levels: readonly Uint8Array[],
  { distinct, hybrid }: Workspace,
): Pick<EncodedColumn, 'dictionary' | 'encoding' | 'page'> {
  const found = distinct.find(values, count);
  if (found === 0) {
    const plain = bytesOf(values, count);
    const page = levels.length === 0 ? plain : Buffer.concat([...levels, plain]);
    return { dictionary: null, encoding: ENCODING.plain, page };
  }
  const bits = bitsFor(found - 1);
  const codes = hybrid.encode(distinct.codes, count, bits);
  return {
    dictionary: { bytes: bytesOf(distinct.values, found).slice(), count: found },
    encoding: ENCODING.dictionary,
    page: codesPage(levels, bits, codes),
  };
}

/** A column of int64 or float64. */
export class NumberBuffer implements ColumnBuffer {
  /** Grows with the rows: a short run does not pay for a full row group. */
  private values = new Float64Array(0);
  private readonly bytesOf: NumberBytes;
  /** Null when no value may be null. */
  private readonly levels: LevelRuns | null;
  private count = 0;
  private nulls = 0;

  constructor(bytesOf: NumberBytes, nullable: boolean) {
    this.bytesOf = bytesOf;
    this.levels = nullable ? new LevelRuns() : null;
  }

  append(column: Column | null, from: number, to: number): void {
    this.levels?.add(column === null ? 0 : 1, to - from);
    if (column === null) this.nulls += to - from;
    else {
      this.reserve(this.count + to - from);
      this.values.set((column as Float64Array).subarray(from, to), this.count);
      this.count += to - from;
    }
  }

  private reserve(count: number): void {
    if (count <= this.values.length) return;
    const larger = new Float64Array(Math.max(count, 2 * this.values.length));
    larger.set(this.values.subarray(0, this.count));
    this.values = larger;
  }

  encode(workspace: Workspace): EncodedColumn {
    const { values, count, nulls, bytesOf, levels } = this;
    const pages = encodeNumbers(values, count, bytesOf, levels === null ? [] : [levels.encode()], workspace);
    const { dictionary } = pages;
    const statistics =
      dictionary === null
        ? statisticsOf(values, count, bytesOf)
        : statisticsOf(workspace.distinct.values, dictionary.count, bytesOf);
    return { ...pages, count: count + nulls, nulls, statistics };
  }

  clear(): void {
    this.count = 0;
    this.nulls = 0;
    this.levels?.clear();
  }
}

function statisticsOf(values: Float64Array, count: number, bytesOf: NumberBytes): Statistics | null {
  if (count === 0) return null;
  let min = values[0]!;
  let max = min;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  // a least zero is written as −0, as readers that tell the two apart need it; as an integer it is 0 all the same
  const least = Float64Array.of(min === 0 ? -0 : min);
  return { min: bytesOf(least, 1), max: bytesOf(Float64Array.of(max), 1) };
}
