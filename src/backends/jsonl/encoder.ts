import type { Batch } from '../../core/batch.js';
import type { StreamName } from '../../core/layout.js';
import type { EncodedRows, RowEncoder } from '../../core/ports.js';
import type { RunStreams, StreamSchema } from '../../core/streams.js';
import { bgzfMembers, MEMBER_INPUT_BYTES } from '../../io/bgzf-writer.js';
import { JsonLines } from './encode.js';

/**
 * One stream's rows as JSON lines in BGZF members that end on a record boundary. A member is closed when the next
 * record does not fit; a record longer than a member starts one and spans several.
 */
class StreamEncoder {
  private readonly stream: StreamSchema;
  private readonly level: number;
  private readonly lines: JsonLines;
  /** Lines of which no member has been made yet. */
  private pending = Buffer.allocUnsafe(2 * MEMBER_INPUT_BYTES);
  private length = 0;
  private pendingRows = 0;
  private pieces: Buffer[] = [];
  private ends: number[] = [];
  private rows: number[] = [];
  private bytes = 0;

  constructor(stream: StreamSchema, level: number) {
    this.stream = stream;
    this.level = level;
    this.lines = new JsonLines(stream);
  }

  add(batch: Batch): void {
    const maxRow = this.lines.use(batch);
    this.reserve(Math.max(MEMBER_INPUT_BYTES, this.length, maxRow) + maxRow);
    for (let row = 0; row < batch.rows; row++) {
      const start = this.length;
      this.length = this.lines.write(row, this.pending, start);
      if (this.length > MEMBER_INPUT_BYTES && start > 0) this.cutBefore(start);
      this.pendingRows++;
    }
  }

  /** Makes members of all lines there are. */
  closeMember(): void {
    if (this.length === 0) return;
    for (const member of bgzfMembers(this.pending.subarray(0, this.length), this.level)) {
      this.pieces.push(member);
      this.bytes += member.length;
    }
    this.ends.push(this.bytes);
    this.rows.push(this.pendingRows);
    this.length = 0;
    this.pendingRows = 0;
  }

  /** The members made since the last time; null when there are none. */
  take(): EncodedRows | null {
    if (this.ends.length === 0) return null;
    const bytes = new Uint8Array(this.bytes);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const encoded = { stream: this.stream.name, bytes, ends: this.ends, rows: this.rows };
    this.pieces = [];
    this.ends = [];
    this.rows = [];
    this.bytes = 0;
    return encoded;
  }

  /** Closes the member that ends where the record at `start` begins, and keeps that record. */
  private cutBefore(start: number): void {
    const end = this.length;
    this.length = start;
    this.closeMember();
    this.pending.copyWithin(0, start, end);
    this.length = end - start;
  }

  private reserve(bytes: number): void {
    if (bytes <= this.pending.length) return;
    const grown = Buffer.allocUnsafe(bytes);
    this.pending.copy(grown, 0, 0, this.length);
    this.pending = grown;
  }
}

/** Encodes and compresses both streams of a run. */
export class JsonlEncoder implements RowEncoder {
  private readonly encoders: Readonly<Record<StreamName, StreamEncoder>>;

  /** @param level zlib level, 0 to 9 */
  constructor(streams: RunStreams, level: number) {
    this.encoders = {
      steps: new StreamEncoder(streams.steps, level),
      episodes: new StreamEncoder(streams.episodes, level),
    };
  }

  encode(batch: Batch): EncodedRows | null {
    const encoder = this.encoders[batch.stream.name];
    encoder.add(batch);
    return encoder.take();
  }

  flush(): EncodedRows[] {
    return Object.values(this.encoders).flatMap((encoder) => {
      encoder.closeMember();
      return encoder.take() ?? [];
    });
  }
}
