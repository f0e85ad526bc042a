import type { Batch } from '../../core/batch.js';
import { readCells, type Cells } from './cell.js';
import { hashFloats, hashInts } from './row-hash.js';
import type { Slot } from './slots.js';

/** The values and the text that the columns of a phrase have in the rows of a batch. */
export class PhraseText {
  /** The values; rows that are equal in all of them have the same text. */
  lanes: Float64Array[] = [];
  /** Which columns are null, and how wide lists are: tells texts apart that have the same values. */
  shape = '';
  /** Most bytes of a row's text. */
  bytes = 0;
  private readonly slots: readonly Slot[];
  private readonly after: string;
  private cells: Cells[] = [];

  /** @param after what stands behind the last value */
  constructor(slots: readonly Slot[], after: string) {
    this.slots = slots;
    this.after = after;
  }

  use(batch: Batch): void {
    this.cells = this.slots.map(({ column }) => readCells(column, batch));
    this.lanes = this.cells.flatMap(({ lanes }) => lanes);
    this.shape = this.cells.map(({ lanes, bytes }) => `${lanes.length}:${bytes}`).join();
    this.bytes = this.after.length;
    this.slots.forEach(({ before }, s) => (this.bytes += before.length + this.cells[s]!.bytes));
  }

  of(row: number): string {
    let text = '';
    for (let s = 0; s < this.slots.length; s++) text += this.slots[s]!.before + this.cells[s]!.text(row);
    return text + this.after;
  }

  /** Fills `hashes` with a number a row, made of the values of the columns named. */
  hash(by: readonly string[], hashes: Int32Array, rows: number): void {
    hashes.fill(0, 0, rows);
    this.slots.forEach(({ column: { name, type } }, s) => {
      if (!by.includes(name)) return;
      const add = type === 'int' ? hashInts : hashFloats;
      for (const lane of this.cells[s]!.lanes) add(hashes, lane, rows);
    });
  }
}
