/** Most distinct values a dictionary may have: above it the values themselves are about as small. */
const MAX_DISTINCT = 1 << 15;
const SLOTS = 2 * MAX_DISTINCT;
const PADDING = 8;

/** Numbers by code, in the order in which they first occur. One for all columns: results live until the next call. */
export class Distinct {
  readonly values = new Float64Array(MAX_DISTINCT);
  /** Code of each number, with room behind the last for the padding of `HybridEncoder`. */
  codes = new Int32Array(PADDING);
  private readonly valueBits = new Int32Array(this.values.buffer);
  /** Code plus one by hash, 0 where there is none. */
  private readonly slots = new Int32Array(SLOTS);

  /**
   * How many distinct values there are among the first `count`; 0 when a dictionary would not save space: more
   * than half of them, or too many. Values that differ in any bit are distinct.
   */
  find(numbers: Float64Array, count: number): number {
    const limit = Math.min(MAX_DISTINCT, count >> 1);
    if (this.codes.length < count + PADDING) this.codes = new Int32Array(count + PADDING);
    const { values, valueBits, slots, codes } = this;
    slots.fill(0);
    const bits = new Int32Array(numbers.buffer, numbers.byteOffset, 2 * count);
    let found = 0;
    let lastLow = 0;
    let lastHigh = 0;
    let lastCode = -1;
    for (let i = 0; i < count; i++) {
      const low = bits[2 * i]!;
      const high = bits[2 * i + 1]!;
      if (low !== lastLow || high !== lastHigh || lastCode < 0) {
        let slot = hash(low, high);
        let code = slots[slot]! - 1;
        while (code >= 0 && (valueBits[2 * code] !== low || valueBits[2 * code + 1] !== high)) {
          slot = (slot + 1) & (SLOTS - 1);
          code = slots[slot]! - 1;
        }
        if (code < 0) {
          if (found === limit) return 0;
          code = found++;
          values[code] = numbers[i]!;
          slots[slot] = found;
        }
        lastLow = low;
        lastHigh = high;
        lastCode = code;
      }
      codes[i] = lastCode;
    }
    return found;
  }
}

function hash(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
}
