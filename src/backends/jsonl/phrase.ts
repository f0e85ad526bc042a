import type { Batch } from '../../core/batch.js';
import { readCells, type Cells } from './cell.js';
import type { Slot } from './slots.js';

/** A phrase with more numbers than this hardly repeats; it keeps its last text only. */
const MOST_LANES = 8;
const NOTHING = new Uint8Array(0);

/**
 * Consecutive columns of a record whose text is made once for a combination of their values and then copied:
 * printing doubles is the costly part of a record, and cells, actions and distances of a grid repeat.
 *
 * Direct-mapped by a hash of the values. Codes of text columns mean another text in the next batch, so a phrase
 * with one keeps only its last text, and only within a batch.
 */
export class Phrase {
  private readonly slots: readonly Slot[];
  private readonly most: number;
  private entries = 0;
  /** `texts[e]` lies in the slab from `e * bytes` on; one slab, so that no text keeps a foreign buffer alive. */
  private texts: Uint8Array[] = [];
  private slab = Buffer.alloc(0);
  private bytes = 0;
  /** The values that `texts[e]` was made of: `keys[e * lanes + i]`. */
  private keys = new Float64Array(0);
  private cells: Cells[] = [];
  private lanes: Float64Array[] = [];
  private readonly probe = new Float64Array(1);
  private readonly words = new Int32Array(this.probe.buffer);

  /** @param entries how many texts to keep, a power of two */
  constructor(slots: readonly Slot[], entries: number) {
    this.slots = slots;
    this.most = slots.some(({ column }) => column.type === 'text') ? 1 : entries;
  }

  /** Takes the batch whose rows come next; gives the most bytes the phrase can need in one of them. */
  use(batch: Batch): number {
    this.cells = this.slots.map(({ column }) => readCells(column, batch));
    this.lanes = this.cells.flatMap((cells) => cells.lanes);
    const bytes = this.slots.reduce((sum, { before }, s) => sum + before.length + this.cells[s]!.bytes, 0);
    const lanes = this.lanes.length;
    const entries = lanes === 0 || lanes > MOST_LANES ? 1 : this.most;
    if (entries === 1 || this.keys.length !== entries * lanes || this.bytes !== bytes) {
      this.entries = entries;
      this.bytes = bytes;
      this.keys = new Float64Array(entries * lanes).fill(Number.NaN);
      this.slab = Buffer.allocUnsafeSlow(entries * bytes);
      this.texts = Array.from<Uint8Array>({ length: entries }).fill(NOTHING);
      if (lanes === 0) this.texts[0] = this.render(0, 0);
    }
    return bytes;
  }

  /** Copies the text of a row to `at`; gives the position after it. */
  write(row: number, target: Uint8Array, at: number): number {
    const { lanes, keys, probe, words } = this;
    const count = lanes.length;
    let hash = 0;
    for (let i = 0; i < count; i++) {
      probe[0] = lanes[i]![row]!;
      hash = Math.imul(hash ^ words[0]! ^ Math.imul(words[1]!, 0x9e3779b1), 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    const entry = hash & (this.entries - 1);
    const start = entry * count;
    let text = this.texts[entry]!;
    for (let i = 0; i < count; i++) {
      if (keys[start + i] !== lanes[i]![row]) {
        text = this.fill(entry, row);
        break;
      }
    }
    target.set(text, at);
    return at + text.length;
  }

  private fill(entry: number, row: number): Uint8Array {
    const { keys, lanes } = this;
    for (let i = 0; i < lanes.length; i++) keys[entry * lanes.length + i] = lanes[i]![row]!;
    return (this.texts[entry] = this.render(entry, row));
  }

  /** Puts the text of a row into the entry's part of the slab. */
  private render(entry: number, row: number): Uint8Array {
    let text = '';
    for (let s = 0; s < this.slots.length; s++) text += this.slots[s]!.before + this.cells[s]!.text(row);
    const start = entry * this.bytes;
    return this.slab.subarray(start, start + this.slab.write(text, start));
  }
}
