/** The same level many times: runs of Parquet's hybrid encoding, without bit-packed ones. */
export class LevelRuns {
  /** All the levels. */
  count = 0;
  private level = 0;
  private run = 0;
  private readonly bytes: number[] = [];

  add(level: number, count: number): void {
    if (level !== this.level) this.end();
    this.level = level;
    this.run += count;
    this.count += count;
  }

  /** As a data page (version 1) has them: behind their length in bytes. */
  encode(): Uint8Array {
    this.end();
    return withLength(Uint8Array.from(this.bytes));
  }

  clear(): void {
    this.bytes.length = 0;
    this.run = 0;
    this.count = 0;
  }

  private end(): void {
    if (this.run === 0) return;
    let left = this.run * 2;
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes.push((left & 127) | 128);
    // levels up to 255 are one byte
    this.bytes.push(left, this.level);
    this.run = 0;
  }
}

export function withLength(levels: Uint8Array): Uint8Array {
  const result = Buffer.allocUnsafe(4 + levels.length);
  result.writeUInt32LE(levels.length, 0);
  result.set(levels, 4);
  return result;
}
