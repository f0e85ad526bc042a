/** Shortest run that is worth a repeat of its own; bit-packed values come in groups of 8. */
const MIN_REPEAT = 16;

/** Bits that hold every number up to `max`; 1 at least, since not every reader knows a width of 0. */
export const bitsFor = (max: number): number => Math.max(1, 32 - Math.clz32(max));

/**
 * Parquet's hybrid of runs: a varint `count << 1` and the repeated value, or a varint `groups << 1 | 1` and 8
 * bit-packed values a group, lowest bits first. Source: parquet-format, Encodings.md, "RLE / Bit-Packing Hybrid".
 */
export class HybridEncoder {
  private out = new Uint8Array(0);
  private at = 0;

  /**
   * Values [0, count), each of at most `bits` bits. Valid until the next call. Values behind `count` are read as
   * padding, so the array must be longer by 8.
   */
  encode(values: Int32Array, count: number, bits: number): Uint8Array {
    this.reserve(Math.ceil((count * (bits + 8)) / 8) + 64);
    this.at = 0;
    let packed = 0;
    for (let i = 0; i < count;) {
      const value = values[i]!;
      let end = i + 1;
      while (end < count && values[end] === value) end++;
      // values that fill up the last group before the repeat
      const filling = (8 - ((i - packed) & 7)) & 7;
      if (end - i - filling >= MIN_REPEAT) {
        this.pack(values, packed, i + filling, bits);
        this.repeat(value, end - i - filling, bits);
        packed = end;
      }
      i = end;
    }
    values.fill(0, count, count + 8);
    this.pack(values, packed, count, bits);
    return this.out.subarray(0, this.at);
  }

  private repeat(value: number, count: number, bits: number): void {
    this.varint(count * 2);
    for (let left = bits, rest = value; left > 0; left -= 8, rest >>>= 8) this.out[this.at++] = rest & 255;
  }

  private pack(values: Int32Array, from: number, to: number, bits: number): void {
    if (from === to) return;
    const groups = (to - from + 7) >> 3;
    this.varint(groups * 2 + 1);
    const { out } = this;
    let { at } = this;
    const end = from + groups * 8;
    let word = 0;
    let held = 0;
    for (let i = from; i < end; i++) {
      // at most 7 bits are held here, and no value has more than 24
      word |= values[i]! << held;
      held += bits;
      while (held >= 8) {
        out[at++] = word & 255;
        word >>>= 8;
        held -= 8;
      }
    }
    this.at = at;
  }

  private varint(value: number): void {
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) this.out[this.at++] = (left & 127) | 128;
    this.out[this.at++] = left;
  }

  private reserve(bytes: number): void {
    if (this.out.length < bytes) this.out = new Uint8Array(bytes);
  }
}
