import type { RowEncoder, RunWriter, StreamReader, WrittenFile } from '../core/ports.js';
import type { RunStreams } from '../core/streams.js';
import type { StorageOptions } from './storage.js';

/** What a format keeps of the run beside its records, where it can. */
export interface RunFacts {
  run_id: string;
  experiment: string;
  schema_version: string;
  /** Null for runs of plume_nav_sim. */
  config_hash: string | null;
  /** ISO 8601 UTC. */
  start_time: string;
  /** The resolved configuration as one line of JSON; null when it is not known. */
  config: string | null;
  /** Of a file that holds a part of a run: which, as one line of JSON with `episodes` and `columns`. */
  selection?: string;
}

export interface WriterOptions {
  /** The files go there; a file that is there already is an error. */
  directory: string;
  streams: RunStreams;
  storage: StorageOptions;
  run: RunFacts;
  /** Files of the run in the directory, which a writer has closed and this one goes on with. */
  continues?: readonly WrittenFile[] | undefined;
}

/** Bytes of a record file that no record could be read from. */
export interface SkippedBytes {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface ReadOptions {
  /**
   * To read on behind damage, as far as the format can: told what was skipped, with the rows before and behind it
   * handed on.
   */
  salvage?: (skipped: SkippedBytes) => void;
  /** Threads a format may read in beside the caller's own, which is to be one fewer than cores; none without it. */
  threads?: number;
}

/** How the streams of a run lie on disk: a write side and a read side. */
export interface Backend {
  readonly name: string;
  /** Whether it keeps nothing at all: then there is no run directory either. */
  readonly discards?: true;
  /** Whether the directory holds a run in this format. @param names file names of the run directory */
  has(names: readonly string[]): boolean;
  /**
   * Whether a run can be recorded with these options, asked before there is a directory for it.
   * @throws CaptureError that says what is wrong, or which module is missing
   */
  check?(storage: StorageOptions): void | Promise<void>;
  openWriter(options: WriterOptions): Promise<RunWriter>;
  /** The format whose files `openWriter` can go on with, its own mostly; without it a run cannot be resumed. */
  readonly continuesFrom?: string;
  /** For formats whose rows can be encoded away from the file, on other threads; see `RunWriter.append`. */
  openEncoder?(options: Pick<WriterOptions, 'streams' | 'storage'>): RowEncoder;
  openReader(
    directory: string,
    names: readonly string[],
    streams: RunStreams,
    options?: ReadOptions,
  ): StreamReader;
}
