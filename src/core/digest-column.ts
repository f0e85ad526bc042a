import type { Column, ListColumn, TextColumn } from './batch.js';
import { putInt64 } from './int64.js';
import type { ColumnType } from './streams.js';

/**
 * One column's rows of a digest block, kept as the bytes that are hashed. Typed arrays stand for little-endian
 * bytes, as on every processor that is likely here.
 */
export interface DigestColumn {
  /** Puts rows [from, to) of a batch's column at row `at` of the block; at row 0 a new block begins. */
  add(source: Column, from: number, to: number, at: number): void;
  /** Most bytes `put` needs for the block's first `rows` rows. */
  size(rows: number): number;
  /** Writes these rows, without the column's tag; gives the position after them. */
  put(rows: number, target: Buffer, at: number): number;
  /** The same bytes where they lie, when they are so many that nobody should copy them; null otherwise. */
  inPlace?(rows: number): Uint8Array[] | null;
}

/** Bytes of a column that are copied together with those of others. */
const COPIED_BYTES = 1 << 20;

/** @param blockRows most rows of a block */
export function digestColumn(type: ColumnType, blockRows: number): DigestColumn {
  if (type === 'int') return new Ints(blockRows);
  if (type === 'float') return new Floats(blockRows);
  if (type === 'bool') return new Bools(blockRows);
  if (type === 'text') return new Texts();
  return new Lists(blockRows);
}

class Ints implements DigestColumn {
  /** Each int64 as its low and its high word. */
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(blockRows: number) {
    this.words = new Int32Array(2 * blockRows);
    this.bytes = new Uint8Array(this.words.buffer);
  }

  add(source: Column, from: number, to: number, at: number): void {
    const values = source as Float64Array;
    const { words } = this;
    for (let row = from, word = 2 * at; row < to; row++, word += 2) putInt64(words, word, values[row]!);
  }

  size(rows: number): number {
    return 8 * rows;
  }

  put(rows: number, target: Buffer, at: number): number {
    target.set(this.bytes.subarray(0, 8 * rows), at);
    return at + 8 * rows;
  }
}

class Floats implements DigestColumn {
  private readonly values: Float64Array;
  private readonly bytes: Uint8Array;

  constructor(count: number) {
    this.values = new Float64Array(count);
    this.bytes = new Uint8Array(this.values.buffer);
  }

  add(source: Column, from: number, to: number, at: number): void {
    const { values } = this;
    const shift = at - from;
    // −0 counts as 0
    for (let i = from; i < to; i++) values[i + shift] = (source as Float64Array)[i]! + 0;
  }

  size(rows: number): number {
    return 8 * rows;
  }

  put(rows: number, target: Buffer, at: number): number {
    target.set(this.view(rows), at);
    return at + 8 * rows;
  }

  view(rows: number): Uint8Array {
    return this.bytes.subarray(0, 8 * rows);
  }
}

class Bools implements DigestColumn {
  private readonly bytes: Uint8Array;

  constructor(blockRows: number) {
    this.bytes = new Uint8Array(blockRows);
  }

  add(source: Column, from: number, to: number, at: number): void {
    this.bytes.set((source as Uint8Array).subarray(from, to), at);
  }

  size(rows: number): number {
    return rows;
  }

  put(rows: number, target: Buffer, at: number): number {
    target.set(this.bytes.subarray(0, rows), at);
    return at + rows;
  }
}

class Lists implements DigestColumn {
  private readonly blockRows: number;
  private width = 0;
  private values = new Floats(0);

  constructor(blockRows: number) {
    this.blockRows = blockRows;
  }

  add(source: Column, from: number, to: number, at: number): void {
    const { width, values } = source as ListColumn;
    if (at === 0 && width !== this.width) {
      this.width = width;
      this.values = new Floats(this.blockRows * width);
    }
    this.values.add(values, from * width, to * width, at * width);
  }

  size(rows: number): number {
    return 4 + this.values.size(rows * this.width);
  }

  put(rows: number, target: Buffer, at: number): number {
    return this.values.put(rows * this.width, target, target.writeUInt32LE(this.width, at));
  }

  inPlace(rows: number): Uint8Array[] | null {
    if (this.size(rows) <= COPIED_BYTES) return null;
    const width = Buffer.alloc(4);
    width.writeUInt32LE(this.width);
    return [width, this.values.view(rows * this.width)];
  }
}

/** Text as runs of equal values. */
class Texts implements DigestColumn {
  private runs: { text: string; rows: number }[] = [];

  add(source: Column, from: number, to: number, at: number): void {
    if (at === 0) this.runs = [];
    const { codes, dictionary } = source as TextColumn;
    for (let row = from; row < to;) {
      const code = codes[row]!;
      let end = row + 1;
      while (end < to && codes[end] === code) end++;
      this.addRun(dictionary[code]!, end - row);
      row = end;
    }
  }

  size(): number {
    // a UTF-16 unit takes at most three bytes of UTF-8
    return this.runs.reduce((bytes, { text }) => bytes + 8 + 3 * text.length, 0);
  }

  put(_rows: number, target: Buffer, start: number): number {
    let at = start;
    for (const { text, rows } of this.runs) {
      const length = target.write(text, at + 8);
      target.writeUInt32LE(rows, at);
      target.writeUInt32LE(length, at + 4);
      at += 8 + length;
    }
    return at;
  }

  private addRun(text: string, rows: number): void {
    const last = this.runs.at(-1);
    if (last?.text === text) last.rows += rows;
    else this.runs.push({ text, rows });
  }
}
