import { memoryUsage } from 'node:process';

/** What recording cost. Times in milliseconds, sizes in bytes. */
export interface RecordingMetrics {
  steps: number;
  /** Encoding and writing, a step: on average, and what 99 of 100 steps stay below. */
  write_ms_per_step: { average: number; p99: number };
  /** How full batches were when they were written, and the queue between the threads, 0 to 1. */
  buffer: { capacity_records: number; utilization_average: number };
  queue: { capacity_batches: number; utilization_average: number; utilization_max: number };
  /** Milliseconds the writing thread waited for records, and simulating threads for room in the queue. */
  waits_ms: { for_records: number; for_room: number };
  flushes: number;
  /** Of the columns as they lie in memory, and of the files. */
  bytes: { columns: number; files: number; ratio: number | null };
  memory: { rss_mb: number; peak_rss_mb: number };
}

/** Bounds of the histogram of times a step: 1 ns doubling up to some minutes. */
const BUCKETS = 40;

/** Gathers what recording costs, a batch at a time. */
export class MetricsGatherer {
  flushes = 0;
  waitedForRecordsMs = 0;
  waitedForRoomMs = 0;
  private steps = 0;
  private batches = 0;
  private writeMs = 0;
  private columnBytes = 0;
  private filled = 0;
  private queued = 0;
  private queuedMost = 0;
  /** Steps by the bucket of their batch's time a step. */
  private readonly histogram = new Float64Array(BUCKETS);
  private readonly capacity: number;
  private readonly rowBytes: number;
  private readonly queueCapacity: number;

  /** @param rowBytes bytes of a step's columns */
  constructor({
    capacity,
    rowBytes,
    queueCapacity,
  }: {
    capacity: number;
    rowBytes: number;
    queueCapacity: number;
  }) {
    this.capacity = capacity;
    this.rowBytes = rowBytes;
    this.queueCapacity = queueCapacity;
  }

  /** A batch was encoded and written in so many milliseconds, with the queue so full (0 to 1). */
  addBatch(rows: number, ms: number, queued: number): void {
    this.batches++;
    this.steps += rows;
    this.writeMs += ms;
    this.columnBytes += rows * this.rowBytes;
    this.filled += rows / this.capacity;
    this.queued += queued;
    this.queuedMost = Math.max(this.queuedMost, queued);
    if (rows === 0) return;
    const nanoseconds = Math.max(1, (ms * 1e6) / rows);
    this.histogram[Math.min(BUCKETS - 1, Math.ceil(Math.log2(nanoseconds)))]! += rows;
  }

  finish(fileBytes: number): RecordingMetrics {
    const mean = (sum: number, count: number): number => (count === 0 ? 0 : sum / count);
    const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
    return {
      steps: this.steps,
      write_ms_per_step: { average: mean(this.writeMs, this.steps), p99: this.percentile(0.99) },
      buffer: {
        capacity_records: this.capacity,
        utilization_average: mean(this.filled, this.batches),
      },
      queue: {
        capacity_batches: this.queueCapacity,
        utilization_average: mean(this.queued, this.batches),
        utilization_max: this.queuedMost,
      },
      waits_ms: { for_records: this.waitedForRecordsMs, for_room: this.waitedForRoomMs },
      flushes: this.flushes,
      bytes: {
        columns: this.columnBytes,
        files: fileBytes,
        ratio: fileBytes === 0 ? null : this.columnBytes / fileBytes,
      },
      memory: {
        rss_mb: megabytes(memoryUsage().rss),
        peak_rss_mb: megabytes(process.resourceUsage().maxRSS * 1024),
      },
    };
  }

  /** Upper bound of the bucket in which the share of steps is reached, in milliseconds. */
  private percentile(share: number): number {
    let left = share * this.steps;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.histogram[bucket]!;
      if (left <= 0) return 2 ** bucket / 1e6;
    }
    return 2 ** BUCKETS / 1e6;
  }
}
