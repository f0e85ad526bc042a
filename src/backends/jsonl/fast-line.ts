import type { StreamSchema } from '../../core/streams.js';
import { Literal } from './literal.js';
import type { Field, RowBatch } from './row-batch.js';
import { latin1, NumberScanner } from './scan-number.js';
import { recordSlots } from './slots.js';

const QUOTE = 34;
const BACKSLASH = 92;
const word = (text: string): number => Buffer.from(text).readInt32LE(0);
const TRUE = word('true');
const FALS = word('fals');
const NULL = word('null');
const FAILED = -1;

/** A text value as it stands, quotes included, and its code in the batch. */
interface LastText {
  literal: Literal;
  code: number;
}
const NO_TEXT: LastText = { literal: new Literal(''), code: 0 };

/**
 * Reads records exactly as this program writes them (keys in schema order, no spaces) from bytes into columns,
 * without a string or an object a row. Anything else, faulty values included, it declines.
 */
export class FastLine {
  private readonly rows: RowBatch;
  private readonly before: readonly Literal[];
  private readonly end: Uint8Array;
  private readonly numbers = new NumberScanner();
  /** Ids repeat from row to row: comparing is cheaper than reading. By field. */
  private readonly last: LastText[];

  constructor(stream: StreamSchema, rows: RowBatch) {
    const { slots, end } = recordSlots(stream);
    this.rows = rows;
    this.before = slots.map(({ before }) => new Literal(before));
    this.end = Buffer.from(end);
    this.last = slots.map(() => NO_TEXT);
  }

  /** Forgets codes, which are those of one batch. */
  clear(): void {
    this.last.fill(NO_TEXT);
  }

  /** Reads the record at `start` into the row at hand; gives the position after its newline, or −1. */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    if (!this.rows.widthFixed) return FAILED;
    const { fields, batch } = this.rows;
    const row = batch.rows;
    let at = start;
    for (let f = 0; f < fields.length; f++) {
      const before = this.before[f]!;
      if (!before.isAt(view, at)) return FAILED;
      at += before.length;
      const field = fields[f]!;
      switch (field.column.type) {
        case 'int':
        case 'float':
          at = this.readNumber(bytes, view, at, field, row);
          break;
        case 'text':
          at = this.readText(bytes, view, at, f, row);
          break;
        case 'bool':
          at = readFlag(bytes, view, at, field.flags, row);
          break;
        case 'floats':
          at = this.readList(bytes, at, field, row);
      }
      if (at < 0) return FAILED;
    }
    const { end } = this;
    for (let i = 0; i < end.length; i++) {
      if (bytes[at + i] !== end[i]) return FAILED;
    }
    return at + end.length;
  }

  private readNumber(bytes: Uint8Array, view: DataView, at: number, field: Field, row: number): number {
    const { type, min, nullable } = field.column;
    if (nullable === true) {
      const isNull = view.getInt32(at, true) === NULL;
      if (!this.rows.setNullness(field, isNull)) return FAILED;
      if (isNull) return at + 4;
    }
    const { numbers } = this;
    const value = type === 'int' ? numbers.int(bytes, at) : numbers.float(bytes, at);
    // NaN, which stands for failure, is not smaller than anything and not equal to itself.
    if (value !== value || (min !== undefined && value < min)) return FAILED;
    field.numbers[row] = value;
    return numbers.at;
  }

  private readText(bytes: Uint8Array, view: DataView, start: number, f: number, row: number): number {
    const { codes } = this.rows.fields[f]!.text;
    const last = this.last[f]!;
    if (last.literal.isAt(view, start)) {
      codes[row] = last.code;
      return start + last.literal.length;
    }
    if (bytes[start] !== QUOTE) return FAILED;
    let at = start + 1;
    for (let byte = bytes[at]!; byte !== QUOTE; byte = bytes[++at]!) {
      // Escapes, control characters and all beyond ASCII.
      if (!(byte >= 32 && byte < 127) || byte === BACKSLASH) return FAILED;
    }
    const code = this.rows.codeOf(this.rows.fields[f]!, latin1(bytes, start + 1, at));
    this.last[f] = { literal: new Literal(latin1(bytes, start, at + 1)), code };
    codes[row] = code;
    return at + 1;
  }

  private readList(bytes: Uint8Array, start: number, { list }: Field, row: number): number {
    const { width, values } = list;
    const { numbers } = this;
    let at = start;
    if (bytes[at++] !== 91) return FAILED;
    for (let i = 0; i < width; i++) {
      if (i > 0 && bytes[at++] !== 44) return FAILED;
      const value = numbers.float(bytes, at);
      if (value !== value) return FAILED;
      values[row * width + i] = value;
      at = numbers.at;
    }
    return bytes[at] === 93 ? at + 1 : FAILED;
  }
}

function readFlag(bytes: Uint8Array, view: DataView, at: number, values: Uint8Array, row: number): number {
  const start = view.getInt32(at, true);
  if (start === TRUE) {
    values[row] = 1;
    return at + 4;
  }
  if (start !== FALS || bytes[at + 4] !== 101) return FAILED;
  values[row] = 0;
  return at + 5;
}
