import type { RejectionFiles } from '../backends/rejection-files.js';
import type { Batch } from '../core/batch.js';
import type { ContentDigest } from '../core/digest.js';
import type { Clock, RowObserver, RunWriter, WrittenFile } from '../core/ports.js';
import type { Chunk } from './chunk.js';
import type { MetricsGatherer } from './metrics.js';
import type { Done, Progress } from './record-run.js';

/** What is handed on at an interval may come a little before it is over. */
const EARLY = 0.75;
/** Share of the queue at which writing counts as too slow, and for how long it may be. */
const FULL_QUEUE = 0.9;
const FULL_FOR_MS = 5000;

export interface RecorderOptions {
  /** Records the run; takes what is encoded already. */
  main: RunWriter;
  /** Get the same batches: Parquet beside the records. */
  copies: readonly RunWriter[];
  /** See every row in record order: validation, outcomes. */
  observers: readonly RowObserver[];
  digest: ContentDigest;
  /** Gets what is said of rejected episodes; null when no rule is on. */
  rejections: RejectionFiles | null;
  metrics: MetricsGatherer;
  /** What the run has already. */
  done: Done;
  clock: Clock;
  /** Most milliseconds between two flushes; null when only the content decides, as under `clock: sim`. */
  flushMs: number | null;
  onWarning(message: string): void;
}

/** The files of a run: its records, copies of them, and what lies beside. */
export interface WrittenRun {
  recorded: WrittenFile[];
  copied: WrittenFile[];
  beside: WrittenFile[];
}

/** Takes chunks in record order to the files, and keeps count. */
export class Recorder {
  /** Records so far. */
  readonly counts: Progress;
  /** Steps so far, recorded or not. */
  taken: number;
  private readonly options: RecorderOptions;
  private flushedAt: number;
  /** Whether the last rows are of an episode that goes on. */
  private open = false;
  private fullSince: number | null = null;
  private warned = false;

  constructor(options: RecorderOptions) {
    this.options = options;
    const { episodes, steps, taken } = options.done;
    this.counts = { episodes, steps };
    this.taken = taken;
    this.flushedAt = options.clock.monotonic();
  }

  /** @param queued how full the queue of chunks is, 0 to 1; null without one */
  async take(chunk: Chunk, queued: number | null): Promise<void> {
    const { clock, flushMs, metrics, digest } = this.options;
    const begun = clock.monotonic();
    this.show(chunk);
    for (const each of chunk.digests) digest.addEpisode(each);
    const shown = clock.monotonic();
    await this.write(chunk);
    const written = clock.monotonic();
    metrics.addBatch(chunk.steps.rows, chunk.encodeMs + written - shown, queued ?? 0);
    metrics.waitedForRoomMs += chunk.waitedMs;
    this.watchQueue(queued, begun);
    this.taken += chunk.taken;
    this.counts.steps += chunk.steps.rows;
    this.counts.episodes += chunk.episodes.rows;
    if (flushMs !== null && written - this.flushedAt >= EARLY * flushMs) await this.flushInterval();
  }

  /** Everything taken so far is on disk where a reader finds it. */
  flush(): Promise<void> {
    return this.flushAll([this.options.main, ...this.options.copies]);
  }

  /** The same at intervals, except for writers that keep time themselves. */
  flushInterval(): Promise<void> {
    const { main, copies } = this.options;
    return this.flushAll([main, ...copies].filter(({ keepsTime }) => keepsTime !== true));
  }

  private async flushAll(writers: readonly RunWriter[]): Promise<void> {
    const { metrics, clock } = this.options;
    for (const writer of writers) await writer.flush();
    if (writers.length > 0) metrics.flushes++;
    this.flushedAt = clock.monotonic();
  }

  /** Finishes the files: an episode still open keeps its steps but has no record. */
  async close(): Promise<WrittenRun> {
    if (this.open) for (const observer of this.options.observers) observer.endEpisode(null, 0);
    const recorded = await this.options.main.close();
    const copied: WrittenFile[] = [];
    for (const writer of this.options.copies) copied.push(...(await writer.close()));
    return { recorded, copied, beside: this.options.rejections?.close() ?? [] };
  }

  private show({ steps, episodes, parts }: Chunk): void {
    for (const observer of this.options.observers) {
      for (const { from, to, record, rejection } of parts) {
        if (rejection !== null && rejection.steps !== 'kept') observer.markLeftOut?.();
        if (to > from) observer.addSteps(steps, from, to);
        if (record !== null) observer.endEpisode(episodes, record);
      }
    }
    const last = parts.at(-1);
    if (last !== undefined) this.open = last.record === null;
  }

  private async write({ steps, episodes, parts, samples, encoded }: Chunk): Promise<void> {
    const { main, copies, rejections } = this.options;
    // first: whoever finds a record finds what is said of it
    rejections?.add(
      parts.flatMap(({ rejection }) => rejection ?? []),
      samples,
    );
    if (encoded === null) await writeBoth(main, steps, episodes);
    else for (const rows of encoded) await main.append!(rows);
    for (const writer of copies) await writeBoth(writer, steps, episodes);
  }

  private watchQueue(queued: number | null, now: number): void {
    if (queued === null || queued < FULL_QUEUE) {
      this.fullSince = null;
      return;
    }
    this.fullSince ??= now;
    if (this.warned || now - this.fullSince < FULL_FOR_MS) return;
    this.warned = true;
    this.options.onWarning(
      'writing is slower than simulating, which now waits for it: no record is lost, but a faster disk or record=jsonl with fewer columns would save time',
    );
  }
}

async function writeBoth(writer: RunWriter, steps: Batch, episodes: Batch): Promise<void> {
  if (steps.rows > 0) await writer.write(steps);
  if (episodes.rows > 0) await writer.write(episodes);
}
