import { texts, type Batch } from './batch.js';
import { parseEpisodeId } from './ids.js';
import type { ReadBatch, RowSource } from './ports.js';
import type { Continuity } from './continuity.js';

/** One row of the episodes stream. */
export interface EpisodeRecord {
  batch: Batch;
  row: number;
  source: RowSource;
  id: string;
  /** As its id says; null when that is no episode id. */
  number: number | null;
  /** Records before it could not be read. */
  gap: boolean;
}

/** The episodes stream record by record, read as far as is needed. */
export class EpisodeCursor {
  private readonly batches: AsyncIterator<ReadBatch>;
  private readonly continuity: Continuity;
  private readonly onBatch: (read: ReadBatch) => Promise<void>;
  private current: ReadBatch | null = null;
  private row = 0;
  private record: EpisodeRecord | null = null;
  private ended = false;

  constructor(
    batches: AsyncIterable<ReadBatch>,
    continuity: Continuity,
    onBatch: (read: ReadBatch) => Promise<void>,
  ) {
    this.batches = batches[Symbol.asyncIterator]();
    this.continuity = continuity;
    this.onBatch = onBatch;
  }

  /** The next record, which stays the next until it is taken; null after the last. */
  async peek(): Promise<EpisodeRecord | null> {
    if (this.record !== null || this.ended) return this.record;
    if (this.current === null || this.row === this.current.batch.rows) {
      const next = await this.batches.next();
      if (next.done === true) {
        this.ended = true;
        return null;
      }
      this.current = next.value;
      this.row = 0;
      await this.onBatch(next.value);
    }
    const { batch, source } = this.current;
    const { row } = this;
    const { codes, dictionary } = texts(batch, 'episode_id')!;
    const id = dictionary[codes[row]!]!;
    const gap = this.continuity.gapBefore(source, row);
    this.record = { batch, row, source, id, number: parseEpisodeId(id), gap };
    return this.record;
  }

  take(): void {
    const { source, row } = this.record!;
    this.continuity.pass(source, row, row + 1);
    this.record = null;
    this.row++;
  }

  /** Lets go of the files, wherever it stands. */
  async close(): Promise<void> {
    await this.batches.return?.();
  }
}
