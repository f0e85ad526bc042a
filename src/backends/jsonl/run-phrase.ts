import type { Batch } from '../../core/batch.js';
import { PhraseText } from './phrase-text.js';
import { WORD_BYTES, wordsOf, type Phrase } from './phrase.js';
import type { Slot } from './slots.js';

/**
 * A phrase that stays the same for many rows on end. It keeps its last text, and that only within a batch: codes of
 * text columns mean another text in the next.
 */
export class RunPhrase implements Phrase {
  private readonly text: PhraseText;
  private rows = 0;
  /** Rows [from, to) have the text in `words`, `length` bytes. */
  private from = 0;
  private to = 0;
  private words = new Float64Array(0);
  private length = 0;

  /** @param after what stands behind the last value */
  constructor(slots: readonly Slot[], after: string) {
    this.text = new PhraseText(slots, after);
  }

  use(batch: Batch): number {
    const { text } = this;
    text.use(batch);
    this.rows = batch.rows;
    this.from = 0;
    this.to = 0;
    if (this.words.length < wordsOf(text.bytes)) this.words = new Float64Array(wordsOf(text.bytes));
    return text.bytes;
  }

  write(row: number, target: DataView, at: number): number {
    if (row >= this.to || row < this.from) this.begin(row);
    const { words } = this;
    const end = at + this.length;
    for (let next = at, word = 0; next < end; next += WORD_BYTES, word++) {
      target.setFloat64(next, words[word]!, true);
    }
    return end;
  }

  private begin(row: number): void {
    const { text, words, rows } = this;
    this.length = Buffer.from(words.buffer).write(text.of(row));
    this.from = row;
    this.to = text.lanes.reduce((to, lane) => endOfRun(lane, row, to), rows);
  }
}

/** The first row in (from, to) with another value than `from` has, otherwise `to`. */
function endOfRun(lane: Float64Array, from: number, to: number): number {
  const value = lane[from];
  let row = from + 1;
  while (row < to && lane[row] === value) row++;
  return row;
}
