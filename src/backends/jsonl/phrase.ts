import type { Batch } from '../../core/batch.js';

/**
 * Consecutive columns of a record whose text is made once and copied for every row it fits: printing doubles is
 * the costly part of a record, and what a phrase holds together repeats.
 */
export interface Phrase {
  /** Takes the batch whose rows come next; gives the most bytes the phrase can need in one of them. */
  use(batch: Batch): number;
  /** Copies the text of a row to `at`; gives the position after it. Up to `SPILL_BYTES` behind it are overwritten. */
  write(row: number, target: DataView, at: number): number;
}

/** Texts are copied in words of eight bytes: a call of TypedArray.set costs more than a short text. */
export const WORD_BYTES = 8;
export const SPILL_BYTES = WORD_BYTES - 1;

export const wordsOf = (bytes: number): number => Math.ceil(bytes / WORD_BYTES);
