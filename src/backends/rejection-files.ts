import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '../core/batch.js';
import { REJECTED_FOLDER, REJECTED_STEPS_FILE, REJECTIONS_FILE } from '../core/layout.js';
import type { WrittenFile } from '../core/ports.js';
import { printRejection, RejectionTotals, type Rejection } from '../core/rejections.js';
import type { RunStreams } from '../core/streams.js';
import { syncDirectory } from '../io/atomic.js';
import { BgzfFile } from '../io/bgzf-writer.js';
import { HashedFile } from '../io/hashed-file.js';
import { makeRejectedFolder } from '../io/rejected-folder.js';
import { JsonlEncoder } from './jsonl/encoder.js';

export interface RejectionFilesOptions {
  directory: string;
  streams: RunStreams;
  /** zlib level of the steps. */
  level: number;
  /** Whether steps of rejected episodes are kept as samples. */
  samples: boolean;
  /** Whether everything is on the disk itself when it has been added. */
  durable: boolean;
  /** Closed files of the run that these go on with, and what is in them. */
  continues?: KeptRejections;
}

/** Rejections of a run that is to go on. */
export interface KeptRejections {
  files: readonly WrittenFile[];
  totals: RejectionTotals;
}

/**
 * What a run says of its rejected episodes, and the samples of their steps: JSON lines whatever the records lie in.
 * Contract: what is added is in the files when `add` resolves, so that a record is never there before it.
 */
export class RejectionFiles {
  readonly totals: RejectionTotals;
  private readonly durable: boolean;
  private readonly lines: HashedFile;
  private lineCount: number;
  private readonly encoder: JsonlEncoder;
  private readonly samples: BgzfFile | null;
  private sampleRows: number;

  /** @throws CaptureError `io` when the files cannot be made */
  static async open(options: RejectionFilesOptions): Promise<RejectionFiles> {
    const { directory, samples, durable, continues } = options;
    const isNew = continues === undefined;
    const folder = samples && isNew ? await makeRejectedFolder(directory) : join(directory, REJECTED_FOLDER);
    // of a capture that was killed before it had made both files
    if (samples && isNew) await rm(join(directory, REJECTED_STEPS_FILE), { force: true });
    const files = new RejectionFiles(options);
    if (durable) {
      try {
        if (samples) await syncDirectory(folder);
        await syncDirectory(directory);
      } catch (error) {
        files.abort();
        throw error;
      }
    }
    return files;
  }

  private constructor({ directory, streams, level, samples, durable, continues }: RejectionFilesOptions) {
    const old = (name: string): WrittenFile | undefined => continues?.files.find(({ path }) => path === name);
    const lines = old(REJECTIONS_FILE);
    const steps = old(REJECTED_STEPS_FILE);
    this.durable = durable;
    this.totals = continues?.totals ?? new RejectionTotals();
    this.encoder = new JsonlEncoder(streams, level);
    this.lineCount = lines?.rows ?? 0;
    this.sampleRows = steps?.rows ?? 0;
    const path = join(directory, REJECTED_STEPS_FILE);
    if (!samples) this.samples = null;
    else this.samples = steps === undefined ? new BgzfFile(path) : BgzfFile.goOn(path, steps.bytes);
    try {
      // last: where it is, the samples are
      this.lines = new HashedFile(join(directory, REJECTIONS_FILE), lines?.bytes ?? null);
    } catch (error) {
      this.samples?.abort();
      throw error;
    }
  }

  /** @param samples steps of those episodes that are kept as samples: whole episodes, in their order */
  add(rejections: readonly Rejection[], samples: readonly Batch[]): void {
    if (rejections.length === 0) return;
    for (const batch of samples) {
      this.addSample(batch);
      this.endSample();
    }
    this.lines.write(Buffer.from(rejections.map(printRejection).join('')));
    this.lineCount += rejections.length;
    for (const rejection of rejections) this.totals.add(rejection);
    if (!this.durable) return;
    if (samples.length > 0) this.samples?.sync();
    this.lines.sync();
  }

  close(): WrittenFile[] {
    const files = [{ path: REJECTIONS_FILE, ...this.lines.finish(), rows: this.lineCount }];
    if (this.samples === null) return files;
    return [...files, { path: REJECTED_STEPS_FILE, ...this.samples.finish(), rows: this.sampleRows }];
  }

  /** Lets go of the files as they stand. Idempotent. */
  abort(): void {
    this.lines.abort();
    this.samples?.abort();
  }

  /** Steps of one episode, to be followed by more of them or `endSample`. */
  addSample(batch: Batch): void {
    const encoded = this.encoder.encode(batch);
    if (encoded !== null) this.samples!.write(encoded.bytes);
    this.sampleRows += batch.rows;
  }

  /** Gzip members end with the episode, however its steps were handed on. */
  endSample(): void {
    for (const { bytes } of this.encoder.flush()) this.samples!.write(bytes);
  }
}
