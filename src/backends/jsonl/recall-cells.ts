import type { ListColumn } from '../../core/batch.js';
import type { Field } from '../row-batch.js';

/** Where the values of a phrase lie in the batch: by kind, since a loop over arrays of one kind is the fastest. */
export class RecallCells {
  /** Numbers that a row's values are; null columns have none. */
  readonly count: number;
  private readonly numbers: Float64Array[] = [];
  private readonly flags: Uint8Array[] = [];
  private readonly codes: Int32Array[] = [];
  private readonly lists: ListColumn[] = [];

  constructor(fields: readonly Field[]) {
    for (const { column, isNull, ...field } of fields) {
      if (isNull) continue;
      if (column.type === 'floats') this.lists.push(field.list);
      else if (column.type === 'text') this.codes.push(field.text.codes);
      else if (column.type === 'bool') this.flags.push(field.flags);
      else this.numbers.push(field.numbers);
    }
    const { numbers, flags, codes, lists } = this;
    this.count = lists.reduce((sum, { width }) => sum + width, numbers.length + flags.length + codes.length);
  }

  /** Copies the values at `from` into a row. */
  put(row: number, values: Float64Array, from: number): void {
    const { numbers, flags, codes, lists } = this;
    let at = from;
    for (let i = 0; i < numbers.length; i++) numbers[i]![row] = values[at++]!;
    for (let i = 0; i < flags.length; i++) flags[i]![row] = values[at++]!;
    for (let i = 0; i < codes.length; i++) codes[i]![row] = values[at++]!;
    for (let i = 0; i < lists.length; i++) {
      const { width, values: list } = lists[i]!;
      for (let to = row * width; to < (row + 1) * width; to++) list[to] = values[at++]!;
    }
  }

  /** Copies a row to `to`. */
  take(row: number, values: Float64Array, to: number): void {
    const { numbers, flags, codes, lists } = this;
    let at = to;
    for (let i = 0; i < numbers.length; i++) values[at++] = numbers[i]![row]!;
    for (let i = 0; i < flags.length; i++) values[at++] = flags[i]![row]!;
    for (let i = 0; i < codes.length; i++) values[at++] = codes[i]![row]!;
    for (let i = 0; i < lists.length; i++) {
      const { width, values: list } = lists[i]!;
      for (let from = row * width; from < (row + 1) * width; from++) values[at++] = list[from]!;
    }
  }
}
