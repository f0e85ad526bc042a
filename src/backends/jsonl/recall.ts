import type { Literal } from './literal.js';
import { FAILED, type ValueReader } from './read-value.js';
import { RecallCells } from './recall-cells.js';
import type { RowBatch } from '../row-batch.js';

const WORD_BYTES = 8;
/** Longer texts are read anew each time. */
const MAX_WORDS = 48;
/** Values a phrase may have to be kept, and room for the text of one: a number's, or an id's. */
const MAX_VALUES = 16;
const VALUE_BYTES = 40;
/**
 * In an entry before its values: when it is valid, and the bytes of its text, which holds the byte after the last
 * value too: 0.5 is not the beginning of 0.57.
 */
const HEAD = 2;

/** How texts already read are found again. */
export interface RecallKey {
  /** How many to keep, a power of two. */
  entries: number;
  /** Bytes of the text, four at a time, that choose the entry, from the first value on. */
  words: number;
}

/** A field with the text before its value. */
export interface ReadSlot {
  field: number;
  before: Literal;
}

/**
 * Consecutive columns of a record, the text before each included, that are read once and recalled: where the same
 * bytes stand again they have the same values, and comparing bytes is much faster than reading numbers.
 */
export class Recall {
  private readonly slots: readonly ReadSlot[];
  private readonly rows: RowBatch;
  private readonly values: ValueReader;
  private readonly key: RecallKey;
  private readonly keyAt: number;
  private readonly hasText: boolean;
  private cells: RecallCells;
  /** Of the batch, when the cells were found. */
  private shape = -1;
  /** What valid entries begin with. */
  private stamp = 0;
  /** Entry e from `e * stride` on: stamp, bytes of the text, the values, the text. The last word overlaps. */
  private table = new Float64Array(0);
  private stride = 0;
  private textAt = HEAD;

  constructor(slots: readonly ReadSlot[], rows: RowBatch, values: ValueReader, key: RecallKey) {
    this.slots = slots;
    this.rows = rows;
    this.values = values;
    this.key = key;
    this.keyAt = slots[0]!.before.length;
    this.hasText = slots.some(({ field }) => rows.fields[field]!.column.type === 'text');
    this.cells = new RecallCells([]);
  }

  /** Forgets codes, which are those of one batch. */
  clear(): void {
    if (this.hasText) this.stamp++;
  }

  /** Reads the columns at `at` into the row at hand; gives the position after them, or FAILED. */
  read(bytes: Uint8Array, view: DataView, at: number): number {
    if (this.rows.shape !== this.shape) this.reshape();
    const { table } = this;
    const entry = this.entryAt(bytes, view, at);
    if (entry < 0) return this.readValues(bytes, view, at);
    if (table[entry] === this.stamp) {
      const end = at + (table[entry + 1]! | 0);
      const last = end - WORD_BYTES;
      if (end <= bytes.length) {
        // Doubles compare as their bits do: words of printable ASCII are neither zero nor NaN.
        let word = entry + this.textAt;
        let next = at;
        while (next < last && view.getFloat64(next, true) === table[word]) {
          next += WORD_BYTES;
          word++;
        }
        if (next >= last && view.getFloat64(last, true) === table[word]) {
          this.cells.put(this.rows.batch.rows, table, entry + HEAD);
          return end - 1;
        }
      }
    }
    const end = this.readValues(bytes, view, at);
    if (end !== FAILED) this.remember(view, entry, at, end + 1);
    return end;
  }

  /** Where the entry for the text at `at` begins; −1 when the bytes end too soon to say. */
  private entryAt(bytes: Uint8Array, view: DataView, at: number): number {
    const { entries, words } = this.key;
    if (this.stride === 0) return -1;
    if (words === 0) return 0;
    const key = at + this.keyAt;
    if (key + 4 * words > bytes.length) return -1;
    let hash = 0;
    for (let i = 0; i < words; i++) hash = Math.imul(hash ^ view.getInt32(key + 4 * i, true), 0x9e3779b1);
    return ((hash >>> 15) & (entries - 1)) * this.stride;
  }

  private readValues(bytes: Uint8Array, view: DataView, start: number): number {
    const { slots, values } = this;
    let at = start;
    for (let s = 0; s < slots.length; s++) {
      const { field, before } = slots[s]!;
      if (!before.isAt(bytes, view, at)) return FAILED;
      at = values.read(bytes, view, at + before.length, field);
      if (at < 0) return FAILED;
    }
    return at;
  }

  private remember(view: DataView, entry: number, start: number, end: number): void {
    // reading these very values may have changed the shape
    if (this.rows.shape !== this.shape) return;
    const { table } = this;
    const length = end - start;
    if (length < WORD_BYTES) return;
    let at = entry + this.textAt;
    if (at + Math.ceil(length / WORD_BYTES) > entry + this.stride) return;
    table[entry] = this.stamp;
    table[entry + 1] = length;
    this.cells.take(this.rows.batch.rows, table, entry + HEAD);
    const last = end - WORD_BYTES;
    for (let next = start; next < last; next += WORD_BYTES) table[at++] = view.getFloat64(next, true);
    table[at] = view.getFloat64(last, true);
  }

  private reshape(): void {
    const { rows, slots, key } = this;
    this.shape = rows.shape;
    this.stamp++;
    this.cells = new RecallCells(slots.map(({ field }) => rows.fields[field]!));
    const { count } = this.cells;
    this.textAt = HEAD + count;
    const before = slots.reduce((bytes, slot) => bytes + slot.before.length, 0);
    const words = Math.min(MAX_WORDS, Math.ceil((before + count * VALUE_BYTES) / WORD_BYTES));
    const stride = count > MAX_VALUES ? 0 : this.textAt + words;
    if (stride === this.stride) return;
    this.stride = stride;
    this.table = new Float64Array(stride * key.entries);
  }
}
