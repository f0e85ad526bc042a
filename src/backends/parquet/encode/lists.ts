import type { Column, ListColumn } from '../../../core/batch.js';
import type { ColumnBuffer, EncodedColumn, Workspace } from './column.js';
import { LevelRuns, withLength } from './levels.js';
import { encodeNumbers, float64Bytes } from './numbers.js';

const PADDING = 8;

/**
 * A column of lists of float64, as three levels of schema. Definition levels: null (where lists may be), empty,
 * a value. Repetition levels: 0 where a list begins, 1 within.
 */
export class ListBuffer implements ColumnBuffer {
  private values = new Float64Array(0);
  private repetitions = new Int32Array(PADDING);
  private readonly definitions = new LevelRuns();
  private readonly emptyLevel: number;
  private count = 0;
  private nulls = 0;

  constructor(nullable: boolean) {
    this.emptyLevel = nullable ? 1 : 0;
  }

  /** Values held. */
  get length(): number {
    return this.count;
  }

  append(column: Column | null, from: number, to: number): void {
    const { width, values } = (column ?? { width: 0, values: this.values }) as ListColumn;
    const rows = to - from;
    if (column === null) this.nulls += rows;
    this.reserve(rows * Math.max(1, width));
    const start = this.definitions.count;
    if (width === 0) {
      this.definitions.add(column === null ? 0 : this.emptyLevel, rows);
      this.repetitions.fill(0, start, start + rows);
      return;
    }
    this.definitions.add(this.emptyLevel + 1, rows * width);
    this.repetitions.fill(width === 1 ? 0 : 1, start, start + rows * width);
    if (width > 1) for (let i = 0; i < rows; i++) this.repetitions[start + i * width] = 0;
    this.values.set(values.subarray(from * width, to * width), this.count);
    this.count += rows * width;
  }

  encode(workspace: Workspace): EncodedColumn {
    const { values, count, nulls, definitions, repetitions } = this;
    const levels = [
      withLength(workspace.hybrid.encode(repetitions, definitions.count, 1)),
      definitions.encode(),
    ];
    const pages = encodeNumbers(values, count, float64Bytes, levels, workspace);
    return { ...pages, count: definitions.count, nulls, statistics: null };
  }

  clear(): void {
    this.count = 0;
    this.nulls = 0;
    this.definitions.clear();
  }

  /** Makes room for so many more levels, and as many values. */
  private reserve(more: number): void {
    const levels = this.definitions.count + more;
    if (levels + PADDING <= this.repetitions.length) return;
    const capacity = Math.max(levels, 2 * this.values.length);
    const repetitions = new Int32Array(capacity + PADDING);
    repetitions.set(this.repetitions.subarray(0, this.definitions.count));
    const values = new Float64Array(capacity);
    values.set(this.values.subarray(0, this.count));
    this.repetitions = repetitions;
    this.values = values;
  }
}
