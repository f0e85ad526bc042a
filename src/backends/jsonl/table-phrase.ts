import type { Batch } from '../../core/batch.js';
import { PhraseText } from './phrase-text.js';
import { WORD_BYTES, wordsOf, type Phrase } from './phrase.js';
import type { Slot } from './slots.js';

/** What a phrase's texts are found by. */
export interface TableKey {
  /** Columns of the phrase whose values choose the entry. */
  by: readonly string[];
  /** How many texts to keep, a power of two. */
  entries: number;
}

/** More values than this hardly come back all together, and their texts are long: only the last one is kept. */
const MOST_LANES = 8;

/**
 * A phrase whose values come back: cells of a grid, actions, step numbers. Keeps a table of texts, one for each hash
 * of the values; a text is only taken when all values of the row are those it was made of.
 *
 * For columns of numbers and flags: codes of text mean something else in the next batch.
 */
export class TablePhrase implements Phrase {
  private readonly text: PhraseText;
  private readonly key: TableKey;
  private lanes: Float64Array[] = [];
  /** Of the texts in the table. */
  private shape: string | null = null;
  /** Entry e from `e * stride` on: the values, the text's length in bytes, the text. */
  private table = new Float64Array(0);
  private bytes = Buffer.alloc(0);
  private stride = 0;
  /** Entries less one. */
  private mask = 0;
  /** Where each row's entry begins. */
  private starts = new Int32Array(0);

  /** @param after what stands behind the last value */
  constructor(slots: readonly Slot[], after: string, key: TableKey) {
    this.text = new PhraseText(slots, after);
    this.key = key;
  }

  use(batch: Batch): number {
    const { text } = this;
    text.use(batch);
    this.lanes = text.lanes;
    if (text.shape !== this.shape) this.clear();
    this.findEntries(batch.rows);
    return text.bytes;
  }

  write(row: number, target: DataView, at: number): number {
    const { table, lanes } = this;
    let word = this.starts[row]!;
    for (let i = 0; i < lanes.length; i++) {
      if (table[word + i] !== lanes[i]![row]) {
        this.fill(word, row);
        break;
      }
    }
    word += lanes.length;
    // an integer for the compiler too, and with it all positions that follow
    const end = at + (table[word]! | 0);
    for (let next = at; next < end; next += WORD_BYTES) target.setFloat64(next, table[++word]!, true);
    return end;
  }

  private clear(): void {
    const { text, key } = this;
    this.shape = text.shape;
    this.stride = text.lanes.length + 1 + wordsOf(text.bytes);
    this.mask = text.lanes.length > MOST_LANES ? 0 : key.entries - 1;
    // no value equals NaN
    this.table = new Float64Array((this.mask + 1) * this.stride).fill(Number.NaN);
    this.bytes = Buffer.from(this.table.buffer);
    // without values nothing is compared, and every row has the first entry's text
    if (text.lanes.length === 0) this.fill(0, 0);
  }

  private findEntries(rows: number): void {
    if (this.starts.length < rows) this.starts = new Int32Array(rows);
    const { starts, key, text, stride, mask } = this;
    // column by column, as that is faster than row by row
    text.hash(key.by, starts, rows);
    for (let row = 0; row < rows; row++) starts[row] = (starts[row]! & mask) * stride;
  }

  private fill(start: number, row: number): void {
    const { table, text, lanes } = this;
    for (let i = 0; i < lanes.length; i++) table[start + i] = lanes[i]![row]!;
    const length = start + lanes.length;
    table[length] = this.bytes.write(text.of(row), (length + 1) * WORD_BYTES, 'latin1');
  }
}
