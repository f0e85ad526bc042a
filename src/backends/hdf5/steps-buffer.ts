import type { Batch, Column, ListColumn, TextColumn } from '../../core/batch.js';
import type { ColumnSchema, StreamSchema } from '../../core/streams.js';
import type { Values } from './element.js';

/** Rows kept for one dataset; what an episode has more goes to the file piece by piece. */
const BUFFER_ROWS = 1 << 16;
/** And values of its lists. */
const BUFFER_VALUES = 1 << 22;

/** Columns of an episode's steps, gathered from the batches over which they lie. */
export class StepsBuffer {
  rows = 0;
  /** Columns that lie in datasets. */
  readonly columns: readonly ColumnSchema[];
  private readonly held = new Map<string, Values>();
  private present: readonly ColumnSchema[] = [];
  private capacity = 0;

  constructor(stream: StreamSchema) {
    this.columns = stream.columns.filter(({ type }) => type !== 'text');
  }

  /** Begins with columns null and lists as wide as in this batch. */
  begin({ columns }: Batch): void {
    this.rows = 0;
    this.present = this.columns.filter(({ name }) => (columns[name] ?? null) !== null);
    let limit = BUFFER_ROWS;
    for (const { name } of this.present) {
      const source = columns[name] as Exclude<Column, TextColumn>;
      if ('width' in source)
        limit = Math.min(limit, Math.max(1, Math.floor(BUFFER_VALUES / Math.max(1, source.width))));
    }
    this.capacity = limit;
    for (const { name } of this.present)
      this.held.set(name, like(columns[name] as Values, this.held.get(name)));
  }

  /** Rows that still fit. */
  get room(): number {
    return this.capacity - this.rows;
  }

  append({ columns }: Batch, from: number, to: number): void {
    const end = this.rows + to - from;
    for (const { name } of this.present) {
      const target = this.roomFor(name, end);
      const source = columns[name] as Values;
      if (source instanceof Float64Array || source instanceof Uint8Array) {
        (target as Float64Array).set(source.subarray(from, to), this.rows);
      } else {
        const { width, values } = source;
        (target as ListColumn).values.set(values.subarray(from * width, to * width), this.rows * width);
      }
    }
    this.rows = end;
  }

  *entries(): Generator<[ColumnSchema, Values]> {
    for (const schema of this.present) yield [schema, this.held.get(schema.name)!];
  }

  private roomFor(name: string, rows: number): Values {
    const column = this.held.get(name)!;
    const grown = grow(column, rows, this.rows);
    if (grown !== column) this.held.set(name, grown);
    return grown;
  }
}

/** A column of the same kind, the one there was if it will do. */
function like(source: Values, old: Values | undefined): Values {
  if (source instanceof Float64Array) return old instanceof Float64Array ? old : new Float64Array(0);
  if (source instanceof Uint8Array) return old instanceof Uint8Array ? old : new Uint8Array(0);
  const values = old !== undefined && 'width' in old ? old.values : new Float64Array(0);
  return { width: source.width, values };
}

/** The column, or a longer one with its first `kept` rows. */
function grow(column: Values, rows: number, kept: number): Values {
  if ('width' in column) {
    const { width, values } = column;
    const grown = grow(values, rows * width, kept * width) as Float64Array;
    return grown === values ? column : { width, values: grown };
  }
  if (column.length >= rows) return column;
  const longer = column instanceof Uint8Array ? new Uint8Array(2 * rows) : new Float64Array(2 * rows);
  longer.set(column.subarray(0, kept));
  return longer;
}
