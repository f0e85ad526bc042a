import { createHash, type Hash } from 'node:crypto';
import type { Batch, Column, ListColumn, TextColumn } from './batch.js';
import type { RowObserver } from './ports.js';
import type { ColumnSchema, StreamSchema } from './streams.js';

/**
 * Content digest, version 1: what a run's records say, whatever wrote them.
 *
 * - run digest = SHA-256 over the 32-byte episode digests in order, as 64 hex digits
 * - episode digest = SHA-256 over the blocks of its `steps` rows, then one block with its `episodes` row
 * - block = up to 4096 consecutive rows counted from the episode's first row: for each column that is not
 *   volatile, in stream order, one tag byte and the values, little-endian:
 *   0 null (no values) · 1 int: int64 a row · 2 float: float64 a row (−0 as 0) · 3 bool: a byte a row ·
 *   4 text: for each run of equal values uint32 rows, uint32 bytes, UTF-8 · 5 floats: uint32 width, float64s row by row
 *
 * It does not depend on how rows are cut into batches: blocks are counted within the episode.
 */
const DIGEST_BLOCK_ROWS = 4096;

const TAGS = { int: 1, float: 2, bool: 3, text: 4, floats: 5 } as const;
const TWO_32 = 4294967296;

/** Rows of one stream gathered into a block's column layout. */
class BlockBuffer {
  rows = 0;
  private readonly columns: readonly ColumnSchema[];
  private readonly pending: (Column | null)[];
  private bytes = Buffer.alloc(1 << 16);

  constructor(stream: StreamSchema) {
    this.columns = stream.columns.filter((c) => c.volatile === undefined);
    this.pending = this.columns.map(() => null);
  }

  /** Appends rows [from, to) of a batch; the caller keeps `rows` within a block. */
  append(batch: Batch, from: number, to: number): void {
    const at = this.rows;
    for (let c = 0; c < this.columns.length; c++) {
      const { name, type } = this.columns[c]!;
      const source = batch.columns[name] ?? null;
      if (at === 0) this.pending[c] = emptyLike(source, this.pending[c]!);
      const target = this.pending[c] ?? null;
      if (source === null || target === null) continue;
      if (type === 'text') copyText(source as TextColumn, target as TextColumn, from, to, at);
      else if (type === 'floats') {
        const { width, values } = source as ListColumn;
        (target as ListColumn).values.set(values.subarray(from * width, to * width), at * width);
      } else copyRows(source as Float64Array, target as Float64Array, from, to, at);
    }
    this.rows += to - from;
  }

  /** Feeds the block to the hash and empties it. */
  flush(hash: Hash): void {
    if (this.rows === 0) return;
    let at = 0;
    for (let c = 0; c < this.columns.length; c++) {
      at = this.encode(this.columns[c]!, this.pending[c]!, at);
    }
    hash.update(this.bytes.subarray(0, at));
    this.rows = 0;
  }

  private encode(schema: ColumnSchema, column: Column | null, start: number): number {
    const { rows } = this;
    let at = start;
    if (column === null) {
      this.reserve(at, 1);
      this.bytes[at] = 0;
      return at + 1;
    }
    const width = schema.type === 'floats' ? (column as ListColumn).width : 1;
    this.reserve(at, 16 + rows * 8 * Math.max(1, width));
    this.bytes[at++] = TAGS[schema.type];
    switch (schema.type) {
      case 'int':
        return putInts(this.bytes, at, column as Float64Array, rows);
      case 'float':
        return putFloats(this.bytes, at, column as Float64Array, rows);
      case 'bool':
        for (let i = 0; i < rows; i++) this.bytes[at + i] = (column as Uint8Array)[i]!;
        return at + rows;
      case 'floats':
        at = this.bytes.writeUInt32LE(width, at);
        return putFloats(this.bytes, at, (column as ListColumn).values, rows * width);
      case 'text':
        return this.putText(column as TextColumn, at);
    }
  }

  private putText({ codes, dictionary }: TextColumn, start: number): number {
    let at = start;
    for (let i = 0; i < this.rows;) {
      const text = dictionary[codes[i]!]!;
      let end = i + 1;
      while (end < this.rows && dictionary[codes[end]!] === text) end++;
      const length = Buffer.byteLength(text);
      this.reserve(at, 8 + length);
      at = this.bytes.writeUInt32LE(end - i, at);
      at = this.bytes.writeUInt32LE(length, at);
      at += this.bytes.write(text, at);
      i = end;
    }
    return at;
  }

  private reserve(at: number, more: number): void {
    if (at + more <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.max(this.bytes.length * 2, at + more));
    this.bytes.copy(grown, 0, 0, at);
    this.bytes = grown;
  }
}

/** A block's column of the same kind as the batch's, reusing what is there. */
function emptyLike(source: Column | null, reuse: Column | null): Column | null {
  if (source === null) return null;
  if (source instanceof Float64Array)
    return reuse instanceof Float64Array ? reuse : new Float64Array(DIGEST_BLOCK_ROWS);
  if (source instanceof Uint8Array)
    return reuse instanceof Uint8Array ? reuse : new Uint8Array(DIGEST_BLOCK_ROWS);
  if ('width' in source) {
    const same = reuse !== null && 'width' in reuse && reuse.width === source.width;
    return same ? reuse : { width: source.width, values: new Float64Array(DIGEST_BLOCK_ROWS * source.width) };
  }
  const codes = reuse !== null && 'codes' in reuse ? reuse.codes : new Int32Array(DIGEST_BLOCK_ROWS);
  return { codes, dictionary: [] };
}

function copyRows(
  source: Float64Array | Uint8Array,
  target: Float64Array | Uint8Array,
  from: number,
  to: number,
  at: number,
): void {
  const shift = at - from;
  for (let i = from; i < to; i++) target[i + shift] = source[i]!;
}

function copyText(source: TextColumn, target: TextColumn, from: number, to: number, at: number): void {
  const shift = at - from;
  let lastCode = -1;
  for (let i = from; i < to; i++) {
    const code = source.codes[i]!;
    if (code !== lastCode) {
      target.dictionary.push(source.dictionary[code]!);
      lastCode = code;
    }
    target.codes[i + shift] = target.dictionary.length - 1;
  }
}

function putInts(bytes: Buffer, start: number, values: Float64Array, rows: number): number {
  let at = start;
  for (let i = 0; i < rows; i++) {
    const value = values[i]!;
    putUint32(bytes, at, value >>> 0);
    putUint32(bytes, at + 4, Math.floor(value / TWO_32) >>> 0);
    at += 8;
  }
  return at;
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

function putFloats(bytes: Buffer, start: number, values: Float64Array, count: number): number {
  let at = start;
  for (let i = 0; i < count; i++) {
    float[0] = values[i]! + 0;
    putUint32(bytes, at, words[0]!);
    putUint32(bytes, at + 4, words[1]!);
    at += 8;
  }
  return at;
}

function putUint32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Digest of one run, fed in record order: an episode's steps, then its episode row, then the next episode. */
export class ContentDigest implements RowObserver {
  private readonly run = createHash('sha256');
  private episode: Hash | null = null;
  private readonly steps: BlockBuffer;
  private readonly episodes: BlockBuffer;

  constructor(steps: StreamSchema, episodes: StreamSchema) {
    this.steps = new BlockBuffer(steps);
    this.episodes = new BlockBuffer(episodes);
  }

  /** Adds rows [from, to) of a steps batch, all of one episode. */
  addSteps(batch: Batch, from: number, to: number): void {
    this.episode ??= createHash('sha256');
    for (let at = from; at < to;) {
      const end = Math.min(to, at + DIGEST_BLOCK_ROWS - this.steps.rows);
      this.steps.append(batch, at, end);
      if (this.steps.rows === DIGEST_BLOCK_ROWS) this.steps.flush(this.episode);
      at = end;
    }
  }

  /** Ends the episode with its row of an episodes batch; null for the last episode of an aborted run. */
  endEpisode(batch: Batch | null, row: number): void {
    const hash = this.episode ?? createHash('sha256');
    this.steps.flush(hash);
    if (batch !== null) this.episodes.append(batch, row, row + 1);
    this.episodes.flush(hash);
    this.run.update(hash.digest());
    this.episode = null;
  }

  /** The content digest, 64 hex digits. */
  finish(): string {
    return this.run.digest('hex');
  }
}
