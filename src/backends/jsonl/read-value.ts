import { Literal } from './literal.js';
import { MAX_TEXT_LENGTH, type Field, type RowBatch } from '../row-batch.js';
import { latin1, NumberScanner } from './scan-number.js';

const QUOTE = 34;
const BACKSLASH = 92;
const word = (text: string): number => Buffer.from(text).readInt32LE(0);
const TRUE = word('true');
const FALS = word('fals');
const NULL = word('null');
/** A value is not as this program writes it, or not valid. */
export const FAILED = -1;

/** A text value as it stands, quotes included, and its code in the batch. */
interface LastText {
  literal: Literal;
  code: number;
}
const NO_TEXT: LastText = { literal: new Literal(''), code: 0 };

/** Reads single values from bytes into the columns of a batch; eight bytes behind a value must be there. */
export class ValueReader {
  private readonly rows: RowBatch;
  private readonly numbers = new NumberScanner();
  /** Ids repeat from row to row: comparing is cheaper than reading. By field. */
  private readonly last: LastText[];

  constructor(rows: RowBatch) {
    this.rows = rows;
    this.last = rows.fields.map(() => NO_TEXT);
  }

  /** Forgets codes, which are those of one batch. */
  clear(): void {
    this.last.fill(NO_TEXT);
  }

  /** Reads the value of field `f` at `at` into the row at hand; gives the position after it, or FAILED. */
  read(bytes: Uint8Array, view: DataView, at: number, f: number): number {
    const field = this.rows.fields[f]!;
    const row = this.rows.batch.rows;
    if (field.column.nullable === true) {
      const isNull = view.getInt32(at, true) === NULL;
      if (!this.rows.setNullness(field, isNull)) return FAILED;
      if (isNull) return at + 4;
    }
    switch (field.column.type) {
      case 'int':
      case 'float':
        return this.readNumber(bytes, at, field, row);
      case 'text':
        return this.readText(bytes, view, at, f, row);
      case 'bool':
        return readFlag(bytes, view, at, field.flags, row);
      case 'floats':
        return this.readList(bytes, at, field, row);
    }
  }

  private readNumber(bytes: Uint8Array, at: number, field: Field, row: number): number {
    const { type, min } = field.column;
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
    if (last.literal.isAt(bytes, view, start)) {
      codes[row] = last.code;
      return start + last.literal.length;
    }
    if (bytes[start] !== QUOTE) return FAILED;
    let at = start + 1;
    for (let byte = bytes[at]!; byte !== QUOTE; byte = bytes[++at]!) {
      // Escapes, control characters and all beyond ASCII.
      if (!(byte >= 32 && byte < 127) || byte === BACKSLASH) return FAILED;
    }
    if (at - start - 1 > MAX_TEXT_LENGTH) return FAILED;
    const code = this.rows.codeOf(this.rows.fields[f]!, latin1(bytes, start + 1, at));
    this.last[f] = { literal: new Literal(latin1(bytes, start, at + 1)), code };
    codes[row] = code;
    return at + 1;
  }

  private readList(bytes: Uint8Array, start: number, field: Field, row: number): number {
    if (!this.rows.widthFixed) return FAILED;
    const { width, values } = field.list;
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
