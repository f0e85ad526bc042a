import type { Column } from '../../../core/batch.js';
import { ENCODING, type ColumnBuffer, type EncodedColumn } from './column.js';
import { LevelRuns } from './levels.js';

/** A column of booleans, a bit each. */
export class FlagBuffer implements ColumnBuffer {
  private readonly values: Uint8Array;
  private readonly levels: LevelRuns | null;
  private count = 0;
  private nulls = 0;

  constructor(capacity: number, nullable: boolean) {
    this.values = new Uint8Array(capacity);
    this.levels = nullable ? new LevelRuns() : null;
  }

  append(column: Column | null, from: number, to: number): void {
    this.levels?.add(column === null ? 0 : 1, to - from);
    if (column === null) this.nulls += to - from;
    else {
      this.values.set((column as Uint8Array).subarray(from, to), this.count);
      this.count += to - from;
    }
  }

  encode(): EncodedColumn {
    const { values, count, nulls, levels } = this;
    const bits = new Uint8Array(Math.ceil(count / 8));
    let set = 0;
    for (let i = 0; i < count; i++) {
      bits[i >> 3]! |= values[i]! << (i & 7);
      set += values[i]!;
    }
    const statistics =
      count === 0 ? null : { min: Uint8Array.of(set === count ? 1 : 0), max: Uint8Array.of(set > 0 ? 1 : 0) };
    const page = levels === null ? bits : Buffer.concat([levels.encode(), bits]);
    return { dictionary: null, encoding: ENCODING.plain, page, count: count + nulls, nulls, statistics };
  }

  clear(): void {
    this.count = 0;
    this.nulls = 0;
    this.levels?.clear();
  }
}
