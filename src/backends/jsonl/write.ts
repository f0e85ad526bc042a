import { join } from 'node:path';
import type { Batch } from '../../core/batch.js';
import { jsonlPartName } from '../../core/layout.js';
import type { StreamWriter, WrittenFile } from '../../core/ports.js';
import { BGZF_END, BgzfFile, MEMBER_INPUT_BYTES } from '../../io/bgzf-writer.js';
import type { WriterOptions } from '../backend.js';
import { JsonLines } from './encode.js';

/**
 * One stream as JSON lines in BGZF members that end on a record boundary. A member is written when the next
 * record does not fit; a record longer than a member starts one and spans several.
 */
export class JsonlWriter implements StreamWriter {
  private readonly options: WriterOptions;
  private readonly lines: JsonLines;
  private readonly finished: WrittenFile[] = [];
  private file: BgzfFile;
  private part = 0;
  private rows = 0;
  private pending = Buffer.allocUnsafe(2 * MEMBER_INPUT_BYTES);
  private length = 0;
  private pendingRows = 0;

  constructor(options: WriterOptions) {
    this.options = options;
    this.lines = new JsonLines(options.stream);
    this.file = this.openPart();
  }

  write(batch: Batch): void {
    const maxRow = this.lines.use(batch);
    this.reserve(Math.max(MEMBER_INPUT_BYTES, this.length, maxRow) + maxRow);
    for (let row = 0; row < batch.rows; row++) {
      const start = this.length;
      this.length = this.lines.write(row, this.pending, start);
      if (this.length > MEMBER_INPUT_BYTES && start > 0) this.cutBefore(start);
      this.pendingRows++;
    }
  }

  flush(): void {
    if (this.length === 0) return;
    const { rotateBytes } = this.options;
    if (rotateBytes !== null && this.file.bytes + BGZF_END.length >= rotateBytes) this.rotate();
    this.file.append(this.pending.subarray(0, this.length));
    this.rows += this.pendingRows;
    this.length = 0;
    this.pendingRows = 0;
  }

  close(): Promise<WrittenFile[]> {
    this.flush();
    this.finishPart();
    return Promise.resolve(this.finished);
  }

  abort(): Promise<void> {
    this.file.abort();
    return Promise.resolve();
  }

  /** Writes the member that ends where the record at `start` begins, and keeps that record. */
  private cutBefore(start: number): void {
    const end = this.length;
    this.length = start;
    this.flush();
    this.pending.copyWithin(0, start, end);
    this.length = end - start;
  }

  private rotate(): void {
    this.finishPart();
    this.part++;
    this.rows = 0;
    this.file = this.openPart();
  }

  private finishPart(): void {
    const { bytes, sha256 } = this.file.finish();
    this.finished.push({
      path: jsonlPartName(this.options.stream.name, this.part),
      bytes,
      sha256,
      rows: this.rows,
    });
  }

  private openPart(): BgzfFile {
    const { directory, stream, level } = this.options;
    return new BgzfFile(join(directory, jsonlPartName(stream.name, this.part)), level);
  }

  private reserve(bytes: number): void {
    if (bytes <= this.pending.length) return;
    const grown = Buffer.allocUnsafe(bytes);
    this.pending.copy(grown, 0, 0, this.length);
    this.pending = grown;
  }
}
