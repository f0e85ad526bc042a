import { createBatch, type Batch, type ListColumn, type TextColumn } from '../core/batch.js';
import type { ColumnSchema, StreamSchema } from '../core/streams.js';

/** Longest list a record may hold: no observation comes near it, and a batch has room for many rows of it. */
export const MAX_LIST_WIDTH = 16_384;
/** Longest text of a record: no id or version comes near it, and those of thousands of rows are in memory at a time. */
export const MAX_TEXT_LENGTH = 8192;
/** A batch is handed on early when its lists have this many values, or its texts this many characters. */
const BATCH_VALUES = 1 << 22;
const BATCH_TEXT = 1 << 23;

/** Where the values of one column go in the batch being filled; only what its type needs has room. */
export interface Field {
  readonly column: ColumnSchema;
  readonly numbers: Float64Array;
  readonly flags: Uint8Array;
  readonly text: TextColumn;
  list: ListColumn;
  /** Whether the column is null in the rows of the batch. */
  isNull: boolean;
}

function fieldOf(column: ColumnSchema, batch: Batch): Field {
  const values = batch.columns[column.name]!;
  return {
    column,
    numbers: values instanceof Float64Array ? values : new Float64Array(0),
    flags: values instanceof Uint8Array ? values : new Uint8Array(0),
    text: 'codes' in values ? values : { codes: new Int32Array(0), dictionary: [] },
    list: 'width' in values ? values : { width: 0, values: new Float64Array(0) },
    isNull: false,
  };
}

/**
 * A batch filled row by row. Setters write the row after the last accepted one, so a row that turns out bad is
 * simply overwritten.
 */
export class RowBatch {
  readonly batch: Batch;
  readonly fields: readonly Field[];
  private readonly capacity: number;
  /** Most rows, fewer than the capacity when lists are long. */
  private limit: number;
  /** Characters of the texts held. */
  private textLength = 0;
  private readonly codes = new Map<Field, Map<string, number>>();
  /** Counts the changes of which columns are null and how wide lists are. */
  shape = 0;
  /** Whether an accepted row has fixed the width of lists, which are alike in all rows that have any. */
  widthFixed: boolean;
  private readonly lists: readonly Field[];

  constructor(stream: StreamSchema, capacity: number) {
    this.capacity = capacity;
    this.limit = capacity;
    this.batch = createBatch(stream, capacity, 0);
    this.fields = stream.columns.map((column) => fieldOf(column, this.batch));
    for (const field of this.fields) this.codes.set(field, new Map());
    this.lists = this.fields.filter(({ column }) => column.type === 'floats');
    this.widthFixed = this.lists.length === 0;
  }

  get full(): boolean {
    return this.batch.rows >= this.limit || this.textLength >= BATCH_TEXT;
  }

  accept(): void {
    this.batch.rows++;
    if (!this.widthFixed) this.widthFixed = this.lists.every(({ isNull }) => !isNull);
  }

  clear(): void {
    this.batch.rows = 0;
    this.textLength = 0;
    for (const [field, codes] of this.codes) {
      if (codes.size === 0) continue;
      field.text.dictionary.length = 0;
      codes.clear();
    }
  }

  /** The code of a text in this batch. */
  codeOf(field: Field, value: string): number {
    const codes = this.codes.get(field)!;
    let code = codes.get(value);
    if (code === undefined) {
      code = field.text.dictionary.push(value) - 1;
      codes.set(value, code);
      this.textLength += value.length;
    }
    return code;
  }

  /** False when the rows before have lists of another width. */
  setList(field: Field, values: readonly number[]): boolean {
    const width = values.length;
    if (field.list.width !== width) {
      if (this.widthFixed) return false;
      this.limit = Math.max(1, Math.min(this.capacity, Math.floor(BATCH_VALUES / Math.max(1, width))));
      field.list = { width, values: new Float64Array(this.limit * width) };
      this.batch.columns[field.column.name] = field.list;
      this.shape++;
    }
    field.list.values.set(values, this.batch.rows * width);
    return true;
  }

  /** Whether the lists of other rows are as wide as those of the rows accepted so far. */
  hasShapeOf(columns: Batch['columns']): boolean {
    return this.lists.every(({ column, list }) => {
      const other = columns[column.name] as ListColumn | null;
      return other === null || (this.widthFixed && other.width === list.width);
    });
  }

  /** False when the rows before are null where this one is not, or the other way round: a batch cannot hold both. */
  setNullness(field: Field, isNull: boolean): boolean {
    if (field.isNull === isNull) return true;
    if (this.batch.rows > 0) return false;
    field.isNull = isNull;
    this.shape++;
    const { name, type } = field.column;
    this.batch.columns[name] = isNull ? null : type === 'floats' ? field.list : field.numbers;
    return true;
  }
}
