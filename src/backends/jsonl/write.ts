import { join } from 'node:path';
import type { Batch } from '../../core/batch.js';
import { jsonlPartName, parseStreamFile, STREAM_NAMES, type StreamName } from '../../core/layout.js';
import type { EncodedRows, RunWriter, WrittenFile } from '../../core/ports.js';
import { syncDirectory } from '../../io/atomic.js';
import { BGZF_END, BgzfFile } from '../../io/bgzf-writer.js';
import type { WriterOptions } from '../backend.js';
import { JsonlEncoder } from './encoder.js';

/** The parts of one stream. */
class StreamFiles {
  private readonly directory: string;
  private readonly stream: StreamName;
  private readonly rotateBytes: number | null;
  private readonly finished: WrittenFile[] = [];
  private file: BgzfFile;
  private part = 0;
  private rows = 0;

  /** @param continued parts that were finished, of which the last goes on */
  constructor(
    directory: string,
    stream: StreamName,
    rotateBytes: number | null,
    continued: readonly WrittenFile[],
  ) {
    this.directory = directory;
    this.stream = stream;
    this.rotateBytes = rotateBytes;
    const last = continued.at(-1);
    if (last === undefined) {
      this.file = this.openPart();
    } else {
      this.finished.push(...continued.slice(0, -1));
      this.part = this.finished.length;
      this.rows = last.rows;
      this.file = BgzfFile.goOn(join(directory, last.path), last.bytes);
    }
  }

  append({ bytes, ends, rows }: EncodedRows): void {
    if (this.rotateBytes === null) this.file.write(bytes);
    for (let i = 0, start = 0; i < ends.length; start = ends[i]!, i++) {
      if (this.rotateBytes !== null) {
        this.rotateWhenFull(this.rotateBytes);
        this.file.write(bytes.subarray(start, ends[i]));
      }
      this.rows += rows[i]!;
    }
  }

  close(): WrittenFile[] {
    this.finishPart();
    return this.finished;
  }

  sync(): void {
    this.file.sync();
  }

  abort(): void {
    this.file.abort();
  }

  private rotateWhenFull(rotateBytes: number): void {
    if (this.file.bytes + BGZF_END.length < rotateBytes) return;
    this.finishPart();
    this.part++;
    this.rows = 0;
    this.file = this.openPart();
  }

  private finishPart(): void {
    const { bytes, sha256 } = this.file.finish();
    this.finished.push({ path: jsonlPartName(this.stream, this.part), bytes, sha256, rows: this.rows });
  }

  private openPart(): BgzfFile {
    return new BgzfFile(join(this.directory, jsonlPartName(this.stream, this.part)));
  }
}

/** Both streams as gzipped JSON lines, in parts when they are rotated. */
export class JsonlWriter implements RunWriter {
  private readonly encoder: JsonlEncoder;
  private readonly directory: string;
  /** Whether a flush reaches the disk itself. */
  private readonly durable: boolean;
  private readonly files: StreamFiles[] = [];

  constructor({ directory, streams, storage, continues = [] }: WriterOptions) {
    this.encoder = new JsonlEncoder(streams, storage.jsonl.level);
    this.directory = directory;
    this.durable = storage.durability === 'fsync';
    try {
      for (const stream of STREAM_NAMES) {
        const parts = continues.filter(({ path }) => parseStreamFile(path)?.stream === stream);
        this.files.push(new StreamFiles(directory, stream, storage.rotateBytes, parts));
      }
    } catch (error) {
      this.letGo();
      throw error;
    }
  }

  write(batch: Batch): void {
    const encoded = this.encoder.encode(batch);
    if (encoded !== null) this.append(encoded);
  }

  append(encoded: EncodedRows): void {
    this.files[STREAM_NAMES.indexOf(encoded.stream)]!.append(encoded);
  }

  async flush(): Promise<void> {
    this.appendOpen();
    if (!this.durable) return;
    for (const files of this.files) files.sync();
    // a part may be new
    await syncDirectory(this.directory);
  }

  close(): Promise<WrittenFile[]> {
    this.appendOpen();
    return Promise.resolve(this.files.flatMap((files) => files.close()));
  }

  abort(): Promise<void> {
    this.letGo();
    return Promise.resolve();
  }

  /** Writes what is encoded and not written, as members that end here. */
  private appendOpen(): void {
    for (const encoded of this.encoder.flush()) this.append(encoded);
  }

  private letGo(): void {
    for (const files of this.files) files.abort();
  }
}
