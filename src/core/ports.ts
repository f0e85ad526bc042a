import type { Batch } from './batch.js';
import type { StreamName } from './layout.js';
import type { Finding, Report } from './report.js';

/** Where the time comes from; handed in, so that tests and `clock: sim` decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds, monotonic, for durations. */
  monotonic(): number;
}

/** A file a writer has closed. */
export interface WrittenFile {
  /** Name in the run directory. */
  path: string;
  bytes: number;
  sha256: string;
  rows: number;
}

/**
 * Write side of a run in one format. Each batch says which stream it is of; batches of one stream come in record
 * order, an episode's row after its steps. A batch may be reused by the caller once `write` has resolved.
 */
export interface RunWriter {
  /** How often each method was called, where that is counted. */
  readonly calls?: Readonly<Record<string, number>>;
  /** What `write` was given, where that is counted. */
  readonly given?: Readonly<Record<StreamName, { rows: number; batches: number }>>;
  write(batch: Batch): void | Promise<void>;
  /**
   * Takes rows an encoder of the same backend has encoded, in place of `write`; there when the backend has one. Their
   * bytes are gone once it has resolved.
   */
  append?(rows: EncodedRows): void | Promise<void>;
  /** Decides by itself, by the time, what it puts on disk when: nobody flushes it at intervals. */
  readonly keepsTime?: true;
  /** Everything so far is on disk where a reader finds it; only files that time must not shape wait for `close`. */
  flush(): void | Promise<void>;
  /** Finishes the files; no write after it. */
  close(): Promise<WrittenFile[]>;
  /** Lets go of file handles without finishing, after an error elsewhere. Idempotent. */
  abort(): Promise<void>;
}

/** Rows of one stream as bytes of the file: pieces that end on a record boundary, one after the other. */
export interface EncodedRows {
  readonly stream: StreamName;
  /** In a buffer of its own, so that it can be handed to another thread. */
  readonly bytes: Uint8Array;
  /** Where piece i ends in `bytes`. */
  readonly ends: readonly number[];
  /** Records in piece i. */
  readonly rows: readonly number[];
}

/** Encodes rows away from the file, on the thread that simulates; one an episode block. */
export interface RowEncoder {
  /** Adds rows; gives the pieces that are full, null when none is. */
  encode(batch: Batch): EncodedRows | null;
  /** Closes a piece behind the last row; gives what has not been given yet, by stream. */
  flush(): EncodedRows[];
}

/** What looks at rows in record order: an episode's steps, in one or more pieces, then its episodes row. */
export interface RowObserver {
  /** Rows [from, to) of a steps batch, all of one episode. */
  addSteps(batch: Batch, from: number, to: number): void;
  /** The episode's row of an episodes batch; null for the last episode of an aborted run. */
  endEpisode(batch: Batch | null, row: number): void;
  /** Records of the episode at hand, or right before it, are known to be missing. */
  markGap?(): void;
  /** The steps of the episode that comes next were left out of the records, since it was rejected. */
  markLeftOut?(): void;
}

/** Validation of a run while it is recorded. */
export interface RecordingValidation extends RowObserver {
  finish(): Report;
}

/** Where rows of a batch came from, for findings. */
export interface RowSource {
  /** File in the run directory. */
  file: string;
  /** 1-based line of row i; null where lines do not exist (Parquet). */
  lineOf: ((row: number) => number) | null;
}

export interface ReadBatch {
  batch: Batch;
  source: RowSource;
}

/** Read side: batches in record order. Rows that cannot be read are reported and left out; the batch is reused. */
export interface StreamReader {
  batches(stream: StreamName, report: (finding: Finding) => void): AsyncIterable<ReadBatch>;
}

/** What a movie's dataset states about itself; null where it does not. Pairs are (y, x), lengths in grid units. */
export interface MovieMetadata {
  readonly fps: number | null;
  readonly pixel_to_grid: readonly [number, number] | null;
  readonly origin: readonly [number, number] | null;
  readonly extent: readonly [number, number] | null;
}

/**
 * A movie plume's frames, shape (frames, height, width), float32 in [0,1], row-major `[y][x]`.
 * Only some frames are in memory; `at` gives null for the others and `load` brings them.
 */
export interface MovieFrames {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly metadata: MovieMetadata;
  at(frame: number): Float32Array | null;
  load(frame: number): Promise<void>;
}
