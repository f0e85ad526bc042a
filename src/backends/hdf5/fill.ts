import { createBatch, type Batch, type Column, type ListColumn, type TextColumn } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';
import type { RowIds } from './rows.js';

const BATCH_ROWS = 4096;
/** A batch has fewer rows when its lists are long. */
const BATCH_VALUES = 1 << 22;

/** A batch that takes rows of several episodes, one after the other. */
export class FillingBatch {
  readonly batch: Batch;
  private readonly all: Readonly<Record<string, Column>>;
  private capacity = BATCH_ROWS;

  constructor(stream: StreamSchema) {
    this.batch = createBatch(stream, BATCH_ROWS, 0);
    this.all = { ...this.batch.columns } as Record<string, Column>;
  }

  get rows(): number {
    return this.batch.rows;
  }

  get room(): number {
    return this.capacity - this.batch.rows;
  }

  clear(): void {
    this.batch.rows = 0;
    for (const column of Object.values(this.batch.columns)) {
      if (column !== null && 'codes' in column) column.dictionary.length = 0;
    }
  }

  /** Whether rows with lists this wide can follow those there are. */
  takes(width: number | null): boolean {
    return this.rows === 0 || width === null || this.width === null || width === this.width;
  }

  /** Of an empty batch: which columns have values, and how wide lists are. */
  shape(nulls: ReadonlySet<string>, width: number | null): void {
    const { stream, columns } = this.batch;
    this.capacity = Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_VALUES / Math.max(1, width ?? 1))));
    for (const { name, type } of stream.columns) {
      if (nulls.has(name)) columns[name] = null;
      else if (type !== 'floats') columns[name] = this.all[name]!;
      else columns[name] = this.listOf(columns[name] as ListColumn | null, width ?? 0);
    }
  }

  /** Rows [rows, rows + count) carry these texts. */
  setTexts(ids: RowIds, count: number): void {
    const { rows, columns } = this.batch;
    const texts = { schema_version: ids.schemaVersion, run_id: ids.runId, episode_id: ids.episodeId };
    for (const [name, text] of Object.entries(texts)) {
      const { codes, dictionary } = columns[name] as TextColumn;
      if (dictionary.at(-1) !== text) dictionary.push(text);
      codes.fill(dictionary.length - 1, rows, rows + count);
    }
  }

  private get width(): number | null {
    for (const column of Object.values(this.batch.columns)) {
      if (column !== null && 'width' in column) return column.width;
    }
    return null;
  }

  private listOf(old: ListColumn | null, width: number): ListColumn {
    if (old !== null && old.width === width && old.values.length >= this.capacity * width) return old;
    return { width, values: new Float64Array(this.capacity * width) };
  }
}
